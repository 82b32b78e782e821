-- The coupon of a completed order, when the source is the record of sales ($orders).
-- grain:  one row per Order Completed call with a coupon
-- key:    line_no
-- params: $shop, $orders, $decimal_mark
with

calls as materialized (
    select * from segment_calls('input')
)

select
    line_no,
    happened_at as observed_at,
    $shop as shop_id,
    order_id as source_order_id,
    '0' as discount_index,
    coupon as code,
    json_number_text(amounts[6], $decimal_mark) as amount
from calls
where $orders = 'true'
    and order_event = 'completed'
    and coupon is not null
