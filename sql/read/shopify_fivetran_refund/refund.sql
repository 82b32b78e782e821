-- Refunds of the table that a connector makes of Shopify: which order, and when; the money stands in the transactions.
-- grain:  one row per refund
-- key:    shop_id, source_order_id, refund_id
-- params: $shop
select
    line_no,
    $shop as shop_id,
    shopify_id(order_id) as source_order_id,
    shopify_id(id) as refund_id,
    export_instant_text(created_at, 'UTC', null) as refunded_at,
    export_instant_text(processed_at, 'UTC', null) as processed_at,
    export_instant_text(synced_at, 'UTC', null) as observed_at
from input
