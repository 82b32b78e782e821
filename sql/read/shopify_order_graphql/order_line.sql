-- Line items of Shopify's GraphQL Admin API.
-- grain:  one row per line item
-- key:    shop_id, source_order_id, line_id
-- params: $shop
select
    line_no,
    updated_at as observed_at,
    $shop as shop_id,
    source_order_id,
    line_id,
    sku,
    product_id,
    title,
    quantity,
    unit_price,
    discount,
    is_gift_card
from file_line
