-- Discount codes of the table that a connector makes of Shopify.
-- grain:  one row per order and code
-- key:    shop_id, source_order_id, discount_index
-- params: $shop
select
    line_no,
    $shop as shop_id,
    shopify_id(order_id) as source_order_id,
    cell(index) as discount_index,
    cell(code) as code,
    cell(type) as type,
    cell(amount) as amount
from input
