-- Coupons of WooCommerce's order export: code:SPRING|amount:5.00;code:...
-- grain:  one row per order and coupon
-- key:    shop_id, source_order_id, discount_index
-- params: $shop, $decimal_mark
with

coupons as (
    select
        line_no,
        source_order_id,
        unnest(regexp_extract_all(coupon_items, 'code:[^;]*')) as item,
        unnest(generate_series(1, len(regexp_extract_all(coupon_items, 'code:[^;]*')))) as discount_index
    from file_order
    where coupon_items is not null
)

select
    line_no,
    $shop as shop_id,
    source_order_id,
    discount_index,
    cell(regexp_extract(item, '^code:([^|;]*)', 1)) as code,
    number_text(nullif(regexp_extract(item, '\|amount:([^|;]*)', 1), ''), $decimal_mark) as amount
from coupons
