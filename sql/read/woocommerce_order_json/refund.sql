-- Refunds inside WooCommerce orders, which give their amount but not their date: the order's last change stands for it.
-- grain:  one row per refund
-- key:    shop_id, source_order_id, refund_id
-- params: $shop
with

refunds as (
    select
        line_no,
        coalesce(updated_at, created_at) as refunded_at,
        updated_at,
        source_order_id,
        currency,
        unnest(refunds) as item
    from file_order
    where len(refunds) > 0
)

select
    line_no,
    updated_at as observed_at,
    $shop as shop_id,
    source_order_id,
    item.id as refund_id,
    refunded_at,
    negated_text(item.total) as amount,
    currency
from refunds
