-- Line items of the table that a connector makes of Shopify.
-- grain:  one row per line item
-- key:    shop_id, source_order_id, line_id
-- params: $shop
select
    line_no,
    $shop as shop_id,
    shopify_id(order_id) as source_order_id,
    shopify_id(id) as line_id,
    cell(sku) as sku,
    shopify_id(product_id) as product_id,
    cell(title) as title,
    cell(quantity) as quantity,
    cell(price) as unit_price,
    cell(total_discount) as discount,
    flag_text(gift_card) as is_gift_card
from input
