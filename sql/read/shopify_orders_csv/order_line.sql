-- Line items of a Shopify order export, which gives them no id: they are numbered within their order.
-- grain:  one row per line item
-- key:    shop_id, source_order_id, line_id
-- params: $shop
select
    line_no,
    $shop as shop_id,
    source_order_id,
    line_id,
    sku,
    title,
    quantity,
    unit_price,
    discount,
    is_gift_card
from file_line
