-- What a Shopify refund gave back beside its lines, by the table that a connector makes: shipping, and differences. The table signs it
-- from the view of the order; here it is positive like the lines.
-- grain:  one row per adjustment
-- key:    shop_id, source_order_id, refund_id, line_id
-- params: $shop
select
    line_no,
    $shop as shop_id,
    shopify_id(order_id) as source_order_id,
    shopify_id(refund_id) as refund_id,
    'adjustment ' || shopify_id(id) as line_id,
    negated_text(cell(amount)) as subtotal,
    negated_text(cell(tax_amount)) as tax,
    lower(cell(kind)) as restock_type,
    export_instant_text(synced_at, 'UTC', null) as observed_at
from input
