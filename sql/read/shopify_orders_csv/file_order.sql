-- The orders of a Shopify order export, in canonical text; the last one when a file holds it twice.
-- grain:  one row per order
-- key:    line_no
-- params: $time_zone (only for times without an offset), $date_order, $decimal_mark
with

first_rows as (
    select
        * replace (cell(created_at) as created_at, cell(paid_at) as paid_at, cell(cancelled_at) as cancelled_at),
        -- an id that a spreadsheet shortened (5.5E+12) is no id, and the name must not stand in for it
        case
            when regexp_matches(order_id, '^\d+[.,]?\d*[eE]\+?\d+$') then null
            else coalesce(shopify_id(order_id), order_name)
        end as source_order_id,
        upper(cell(currency)) as currency_code,
        -- three decimals are an amount in dinars and thousands nowhere else
        case
            when upper(cell(currency)) in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then coalesce($decimal_mark, '.')
            else $decimal_mark
        end as mark
    from file_row
    where is_first
),

latest as (
    select *
    from first_rows
    qualify row_number() over (partition by coalesce(source_order_id, chr(31) || line_no) order by line_no desc) = 1
),

canonical as (
    select
        line_no,
        source_order_id,
        order_name,
        lower(cell(financial_status)) as financial_status,
        export_instant_text(created_at, $time_zone, $date_order) as created_at,
        export_instant_text(paid_at, $time_zone, $date_order) as paid_at,
        export_instant_text(cancelled_at, $time_zone, $date_order) as cancelled_at,
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
        -- the only trace that a test order leaves in an export
        case when regexp_matches(payment_method, '(?i)bogus') then 'true' end as is_test,
        list_filter(string_split(replace(note_attributes, chr(13), ''), chr(10)), line -> contains(line, ':')) as attribute_lines,
        mark
    from latest
)

select
    *,
    -- money that was really taken: nothing for pending, authorized, voided and expired orders and the test gateway's
    case
        when is_test = 'true' then null
        when financial_status in ('paid', 'partially_refunded', 'refunded') then total
        when financial_status = 'partially_paid' then sum_text([total, negated_text(coalesce(outstanding, 'unknown: Outstanding Balance'))])
    end as captured,
    case
        when is_test = 'true' or financial_status not in ('paid', 'partially_paid', 'partially_refunded', 'refunded') then null
        when refunded is null and financial_status = 'refunded' then total
        else refunded
    end as returned,
    -- the file does not say; the sum does
    case
        when not is_not_zero(tax) then null
        when try_cast(total as decimal(18, 6)) = try_cast(sum_text([subtotal, shipping]) as decimal(18, 6)) then 'true'
        when try_cast(total as decimal(18, 6)) = try_cast(sum_text([subtotal, shipping, tax]) as decimal(18, 6)) then 'false'
    end as is_tax_included
from canonical
