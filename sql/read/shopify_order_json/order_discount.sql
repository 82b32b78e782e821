-- Discount codes of the Shopify REST API and its webhooks.
-- grain:  one row per order and code
-- key:    shop_id, source_order_id, discount_index
-- params: $shop
with

codes as (
    select
        line_no,
        updated_at,
        source_order_id,
        unnest(discount_codes) as item,
        unnest(generate_series(1, len(discount_codes))) as discount_index
    from file_order
    where len(discount_codes) > 0
)

select
    line_no,
    updated_at as observed_at,
    $shop as shop_id,
    source_order_id,
    discount_index,
    cell(item.code) as code,
    cell(item.type) as type,
    cell(item.amount) as amount
from codes
