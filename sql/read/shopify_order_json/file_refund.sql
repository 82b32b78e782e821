-- The refunds inside Shopify orders.
-- grain:  one row per refund
-- key:    line_no, refund_id
-- params: $time_zone
with

documents as (
    select
        line_no,
        updated_at,
        source_order_id,
        currency as order_currency,
        is_test,
        shopify_refund(unnest(refunds)) as refund
    from file_order
    where len(refunds) > 0
)

select
    line_no,
    updated_at as observed_at,
    source_order_id,
    is_test,
    shopify_id(refund.id) as refund_id,
    export_instant_text(refund.created_at, $time_zone, null) as created_at,
    export_instant_text(refund.processed_at, $time_zone, null) as processed_at,
    refund.refund_line_items as items,
    shopify_refund_money(refund, order_currency) as money
from documents
