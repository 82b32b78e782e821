-- The order table that a connector makes of Shopify, in canonical text. Its times are UTC without saying so.
-- grain:  one row per order
-- key:    line_no
with

cells as (
    select
        *,
        cell(created_at) as created_cell,
        cell(processed_at) as processed_cell,
        cell(updated_at) as updated_cell,
        cell(cancelled_at) as cancelled_cell
    from input
)

select
    line_no,
    shopify_id(id) as source_order_id,
    cell(name) as order_name,
    export_instant_text(created_cell, 'UTC', null) as created_at,
    export_instant_text(processed_cell, 'UTC', null) as processed_at,
    export_instant_text(updated_cell, 'UTC', null) as updated_at,
    export_instant_text(cancelled_cell, 'UTC', null) as cancelled_at,
    lower(cell(financial_status)) as financial_status,
    flag_text(test) as is_test,
    flag_text(taxes_included) as is_tax_included,
    lower(cell(source_name)) as source_name,
    upper(cell(currency)) as currency,
    cell(total_price) as total,
    cell(total_line_items_price) as gross,
    cell(total_discounts) as discount,
    cell(total_tax) as tax,
    -- connectors often hash addresses: the hash of an empty cell would make strangers one person, so only a real address is a key
    email_key(email) as email_person,
    person_key('customer', shopify_id(customer_id)) as customer_person,
    coalesce(email_key(email), person_key('customer', shopify_id(customer_id))) as customer_key,
    case when regexp_matches(shipping_country, '^[A-Za-z]{2}$') then upper(shipping_country) when regexp_matches(billing_country, '^[A-Za-z]{2}$') then upper(billing_country) end as country,
    case when regexp_matches(shipping_country, '^[A-Za-z]{2}$') then upper(cell(shipping_province)) when regexp_matches(billing_country, '^[A-Za-z]{2}$') then upper(cell(billing_province)) end as region,
    cell(landing_site) as landing,
    cell(referring_site) as referrer,
    case
        when flag_text(test) = 'true' then null
        when lower(cell(financial_status)) in ('paid', 'partially_refunded', 'refunded') then cell(total_price)
    end as captured
from cells
