-- Refunds of the Shopify REST API and its refunds/create webhook, bare or as { "refund": {...} }.
-- grain:  one row per refund
-- key:    line_no
-- params: $time_zone (only for times without an offset), $currency (for a refund without a transaction)
with

documents as (
    select
        line_no,
        shopify_refund(case when json_type(record, '$.refund') = 'OBJECT' then json_extract(record, '$.refund') else cast(record as json) end) as refund
    from input
)

select
    line_no,
    shopify_id(refund.order_id) as source_order_id,
    shopify_id(refund.id) as refund_id,
    export_instant_text(refund.created_at, $time_zone, null) as created_at,
    export_instant_text(refund.processed_at, $time_zone, null) as processed_at,
    refund.refund_line_items as items,
    shopify_refund_money(refund, upper($currency)) as money
from documents
