-- Shopify's order export: one row a line item, the order's own columns on its first row only.

-- every row with the row that opens its order. Orders are told apart by name; a row without a name belongs to the row above
-- it, and an unnamed order that opens a row of its own stands by itself. Rows whose order cells were filled down by a
-- spreadsheet continue the order they repeat.
create or replace temporary macro shopify_csv_row(rel) as table
with
cells as (
    select
        *,
        cell(name) as order_name,
        ltrim(cell(id), '''') as order_id,
        coalesce(cell(id), cell(financial_status), cell(currency), cell(total)) is not null as has_order_cells
    from query_table(rel)
),
labelled as (
    select
        *,
        last_value(case when order_name is not null or has_order_cells then coalesce(order_name, chr(31) || line_no) end ignore nulls)
            over (order by line_no) as order_label
    from cells
),
opened as (
    select
        *,
        has_order_cells and (
            lag(order_label) over (order by line_no) is distinct from order_label
            or not lag(has_order_cells) over (order by line_no)
            or lag(order_id) over (order by line_no) is distinct from order_id
        ) as is_first
    from labelled
)
select
    *,
    coalesce(
        last_value(case when is_first then line_no end ignore nulls) over (partition by order_label order by line_no),
        min(case when is_first then line_no end) over (partition by order_label)
    ) as first_line
from opened;

-- one row an order, the last when a file holds it twice, in canonical text
create or replace temporary macro shopify_csv_order(rel, time_zone, date_order, decimal_mark) as table
with
first_rows as (
    select
        *,
        -- an id that a spreadsheet shortened (5.5E+12) is no id, and the name must not stand in for it
        case
            when regexp_matches(order_id, '^\d+[.,]?\d*[eE]\+?\d+$') then null
            else coalesce(regexp_replace(order_id, '^gid://shopify/Order/', ''), order_name)
        end as source_order_id,
        upper(cell(currency)) as currency_code,
        -- three decimals are an amount in dinars and a count of thousands nowhere else
        case when upper(cell(currency)) in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then coalesce(decimal_mark, '.') else decimal_mark end as mark
    from shopify_csv_row(rel)
    where is_first
),
latest as (
    select *
    from first_rows
    qualify row_number() over (partition by coalesce(source_order_id, chr(31) || line_no) order by line_no desc) = 1
),
read as (
    select
        line_no,
        first_line,
        source_order_id,
        order_name,
        lower(cell(financial_status)) as financial_status,
        export_instant_text(created_at, time_zone, date_order) as created_at,
        export_instant_text(paid_at, time_zone, date_order) as paid_at,
        export_instant_text(cancelled_at, time_zone, date_order) as cancelled_at,
        currency_code as currency,
        number_text(subtotal, mark) as subtotal,
        number_text(shipping, mark) as shipping,
        number_text(taxes, mark) as tax,
        number_text(total, mark) as total,
        number_text(discount_amount, mark) as discount,
        number_text(refunded_amount, mark) as refunded,
        number_text(outstanding_balance, mark) as outstanding,
        cell(discount_code) as discount_code,
        email_key(email) as customer_key,
        lower(cell(source)) as source_name,
        upper(coalesce(cell(shipping_country), cell(billing_country))) as country,
        upper(case when cell(shipping_country) is not null then cell(shipping_province) else cell(billing_province) end) as region,
        case when regexp_matches(cell(payment_method), '(?i)bogus') then 'true' end as is_test,
        list_transform(
            list_filter(string_split(replace(note_attributes, chr(13), ''), chr(10)), line -> contains(line, ':')),
            line -> {'name': trim(split_part(line, ':', 1)), 'value': trim(line[strpos(line, ':') + 1:])}
        ) as attributes,
        mark
    from latest
)
select
    *,
    -- money that was really taken: nothing for pending, authorized, voided and expired orders and the test gateway's
    case
        when is_test = 'true' then null
        when financial_status in ('paid', 'partially_refunded', 'refunded') then total
        when financial_status = 'partially_paid' then cast(try_cast(total as decimal(18, 6)) - try_cast(outstanding as decimal(18, 6)) as varchar)
    end as captured,
    case
        when is_test = 'true' or financial_status not in ('paid', 'partially_paid', 'partially_refunded', 'refunded') then null
        when refunded is null and financial_status = 'refunded' then total
        else refunded
    end as returned,
    case
        when try_cast(tax as decimal(18, 6)) = 0 then null
        when try_cast(total as decimal(18, 6)) = try_cast(subtotal as decimal(18, 6)) + coalesce(try_cast(shipping as decimal(18, 6)), 0) then 'true'
        when try_cast(total as decimal(18, 6)) = try_cast(subtotal as decimal(18, 6)) + coalesce(try_cast(shipping as decimal(18, 6)), 0) + try_cast(tax as decimal(18, 6))
            then 'false'
    end as is_tax_included
from read;

-- one row a line item of those orders, numbered from 1 within its order
create or replace temporary macro shopify_csv_line(rel, time_zone, date_order, decimal_mark) as table
select
    rows.line_no,
    orders.line_no as order_line_no,
    orders.source_order_id,
    row_number() over (partition by rows.first_line order by rows.line_no) as line_id,
    cell(rows.line_sku) as sku,
    cell(rows.line_name) as title,
    number_text(rows.line_quantity, orders.mark) as quantity,
    number_text(rows.line_price, orders.mark) as unit_price,
    number_text(rows.line_discount, orders.mark) as discount,
    case when is_gift_card_name(rows.line_name) and coalesce(flag_text(rows.line_requires_shipping), 'false') <> 'true' then 'true' else 'false' end as is_gift_card
from shopify_csv_row(rel) as rows
left join shopify_csv_order(rel, time_zone, date_order, decimal_mark) as orders on orders.first_line = rows.first_line
-- a line whose order is not in the file has no order id and is rejected for it; one of an older copy of its order is not wanted
where (orders.first_line is not null or rows.first_line is null)
    and coalesce(cell(rows.line_name), cell(rows.line_price), cell(rows.line_sku)) is not null;
