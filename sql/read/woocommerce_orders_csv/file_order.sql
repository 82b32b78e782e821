-- Orders of WooCommerce's order export, in canonical text. Its times are the site's own.
-- grain:  one row per order
-- key:    line_no, source_order_id
-- params: $time_zone, $date_order, $decimal_mark, $shop
with

fields as (
    select
        line_no,
        cell(order_id) as source_order_id,
        coalesce(cell(order_number), cell(order_id)) as order_name,
        lower(regexp_replace(cell(status), '^wc-', '')) as financial_status,
        upper(cell(order_currency)) as currency,
        export_instant_text(cell(order_date), $time_zone, $date_order) as created_at,
        export_instant_text(cell(paid_date), $time_zone, $date_order) as paid_at,
        number_text(order_total, $decimal_mark) as total,
        number_text(tax_total, $decimal_mark) as tax,
        number_text(shipping_total, $decimal_mark) as shipping,
        number_text(discount_total, $decimal_mark) as discount,
        number_text(order_subtotal, $decimal_mark) as subtotal,
        number_text(fee_total, $decimal_mark) as fees,
        email_key(coalesce(billing_email, customer_email)) as email_person,
        -- a guest is customer 0; the numbers start from 1 in every shop
        case when cell(customer_id) <> '0' then person_key('customer', cast($shop as varchar) || ':' || cell(customer_id)) end as customer_person,
        cell(shipping_country) is not null as is_shipped,
        upper(cell(shipping_country)) as shipping_country,
        upper(cell(shipping_state)) as shipping_state,
        upper(cell(billing_country)) as billing_country,
        upper(cell(billing_state)) as billing_state,
        case when cell(test_mode) = 'test' then 'true' end as is_test,
        cell(coupon_items) as coupon_items,
        cell(refund_items) as refund_items
    from input
)

select
    line_no,
    source_order_id,
    order_name,
    financial_status,
    currency,
    cast(null as varchar) as source_name,
    created_at,
    cast(null as varchar) as updated_at,
    paid_at,
    total,
    tax,
    shipping,
    discount,
    -- before discounts and without tax, as the API has it
    case when subtotal is not null then sum_text([subtotal, fees]) end as gross,
    email_person,
    customer_person,
    coalesce(email_person, customer_person) as customer_key,
    case when is_shipped then shipping_country else billing_country end as country,
    case when is_shipped then shipping_state else billing_state end as region,
    is_test,
    -- as of the API: a plugin's own status is paid when its order has a date of payment
    financial_status in ('processing', 'completed', 'refunded')
    or paid_at is not null
    and financial_status not in ('pending', 'on-hold', 'cancelled', 'failed', 'trash', 'draft', 'auto-draft', 'checkout-draft') as is_paid,
    coupon_items,
    refund_items
from fields
