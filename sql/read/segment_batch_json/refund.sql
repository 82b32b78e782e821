-- Refunds, when the source is the record of sales ($orders).
-- grain:  one row per Order Refunded call; its message id tells a second partial refund from the first one sent again
-- key:    line_no
-- params: $shop, $orders, $currency, $decimal_mark
with

calls as materialized (
    select * from segment_calls('input')
),

amounts as (
    select
        *,
        json_number_text(amounts[1], $decimal_mark) as said_total,
        json_number_text(amounts[2], $decimal_mark) as revenue,
        json_number_text(amounts[3], $decimal_mark) as said_value,
        json_number_text(amounts[4], $decimal_mark) as tax,
        json_number_text(amounts[5], $decimal_mark) as shipping,
        json_number_text(amounts[6], $decimal_mark) as discount
    from calls
    where $orders = 'true'
        and order_event = 'refunded'
),

totals as (
    select
        *,
        segment_total(said_total, revenue, tax, shipping, said_value) as total
    from amounts
)

select
    line_no,
    happened_at as observed_at,
    $shop as shop_id,
    order_id as source_order_id,
    coalesce(refund_id, message_id) as refund_id,
    happened_at as refunded_at,
    -- some shops send a refund as a positive amount, some as a negative one
    ltrim(total, '-') as amount,
    coalesce(currency, $currency) as currency
from totals
