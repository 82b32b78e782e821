-- Refunds: money really returned.
-- grain:  one row per shop_id, source_order_id, refund_id
-- key:    shop_id, source_order_id, refund_id
with

observed as (
    select
        shop_id,
        source_order_id,
        refund_id,
        try_cast(refunded_at as timestamptz) as refunded_at,
        try_cast(processed_at as timestamptz) as processed_at,
        reason,
        try_cast(amount as decimal(18, 6)) as amount,
        currency,
        source_id,
        try_cast(observed_at as timestamptz) as observed_at,
        row_number() over (
            partition by shop_id, source_order_id, refund_id
            order by try_cast(observed_at as timestamptz) desc nulls last, batch_id desc, line_no desc
        ) as recency
    from raw.refund
)

select
    shop_id,
    source_order_id,
    refund_id,
    refunded_at,
    processed_at,
    reason,
    amount,
    currency,
    source_id,
    observed_at
from observed
where recency = 1
