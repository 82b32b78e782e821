-- Coupons of WooCommerce orders.
-- grain:  one row per order and coupon
-- key:    shop_id, source_order_id, discount_index
-- params: $shop
with

coupons as (
    select
        line_no,
        updated_at,
        source_order_id,
        unnest(coupon_lines) as item,
        unnest(generate_series(1, len(coupon_lines))) as discount_index
    from file_order
    where len(coupon_lines) > 0
)

select
    line_no,
    updated_at as observed_at,
    $shop as shop_id,
    source_order_id,
    discount_index,
    cell(item.code) as code,
    cell(item.discount_type) as type,
    cell(item.discount) as amount
from coupons
