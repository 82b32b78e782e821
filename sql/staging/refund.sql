-- Refunds: money really returned, null where no source told it. Each value from the newest export that gives it: one knows the money,
-- another the day.
-- grain:  one row per shop_id, source_order_id, refund_id
-- key:    shop_id, source_order_id, refund_id
with

ranked as (
    select
        *,
        (coalesce(try_cast(observed_at as timestamptz), timestamptz '0001-01-01 00:00:00+00'), batch_id, line_no) as recency
    from raw.refund
)

select
    shop_id,
    source_order_id,
    refund_id,
    arg_max(try_cast(refunded_at as timestamptz), recency) as refunded_at,
    arg_max(try_cast(processed_at as timestamptz), recency) as processed_at,
    arg_max(reason, recency) as reason,
    arg_max(try_cast(amount as decimal(18, 6)), recency) as amount,
    arg_max(currency, recency) filter (where amount is not null) as currency,
    arg_max(source_id, recency) as source_id,
    max(try_cast(observed_at as timestamptz)) as observed_at
from ranked
group by shop_id, source_order_id, refund_id
