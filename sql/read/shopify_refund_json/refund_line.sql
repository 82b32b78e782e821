-- Returned lines of Shopify refunds; they say what came back, not what was paid back.
-- grain:  one row per refund and line item
-- key:    shop_id, source_order_id, refund_id, line_id
-- params: $shop
with

items as (
    select
        line_no,
        source_order_id,
        refund_id,
        unnest(items) as item
    from file_refund
    where len(items) > 0
)

select
    line_no,
    $shop as shop_id,
    source_order_id,
    refund_id,
    shopify_id(item.line_item_id) as line_id,
    sum_text(list(item.quantity)) as quantity,
    sum_text(list(item.subtotal)) as subtotal,
    sum_text(list(item.total_tax)) as tax,
    max(item.restock_type) as restock_type
from items
group by line_no, source_order_id, refund_id, shopify_id(item.line_item_id)
