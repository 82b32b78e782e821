-- Returned lines of the table that a connector makes of Shopify. The refund says which order they are of.
-- grain:  one row per refund and line item
-- key:    shop_id, source_order_id, refund_id, line_id
-- params: $shop
select
    min(line_no) as line_no,
    $shop as shop_id,
    'of refund ' || shopify_id(refund_id) as source_order_id,
    shopify_id(refund_id) as refund_id,
    shopify_id(order_line_id) as line_id,
    sum_text(list(cell(quantity))) as quantity,
    sum_text(list(cell(subtotal))) as subtotal,
    sum_text(list(cell(total_tax))) as tax,
    max(lower(cell(restock_type))) as restock_type,
    max(export_instant_text(synced_at, 'UTC', null)) as observed_at
from input
group by shopify_id(refund_id), shopify_id(order_line_id)
