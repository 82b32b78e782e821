-- Lines of a refund.
-- grain:  one row per shop_id, source_order_id, refund_id, line_id
-- key:    shop_id, source_order_id, refund_id, line_id
with

observed as (
    select
        shop_id,
        source_order_id,
        refund_id,
        line_id,
        try_cast(quantity as decimal(24, 6)) as quantity,
        try_cast(subtotal as decimal(18, 6)) as subtotal,
        try_cast(tax as decimal(18, 6)) as tax,
        restock_type,
        source_id,
        try_cast(observed_at as timestamptz) as observed_at,
        row_number() over (
            partition by shop_id, source_order_id, refund_id, line_id
            order by try_cast(observed_at as timestamptz) desc nulls last, batch_id desc, line_no desc
        ) as recency
    from raw.refund_line
)

select
    shop_id,
    source_order_id,
    refund_id,
    line_id,
    quantity,
    subtotal,
    tax,
    restock_type,
    source_id,
    observed_at
from observed
where recency = 1
