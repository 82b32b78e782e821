-- Discount codes used on an order.
-- grain:  one row per shop_id, source_order_id, discount_index
-- key:    shop_id, source_order_id, discount_index
with

observed as (
    select
        shop_id,
        source_order_id,
        try_cast(discount_index as bigint) as discount_index,
        code,
        type,
        try_cast(amount as decimal(18, 6)) as amount,
        source_id,
        try_cast(observed_at as timestamptz) as observed_at,
        row_number() over (
            partition by shop_id, source_order_id, discount_index
            order by try_cast(observed_at as timestamptz) desc nulls last, batch_id desc, line_no desc
        ) as recency
    from raw.order_discount
)

select
    shop_id,
    source_order_id,
    discount_index,
    code,
    type,
    amount,
    source_id,
    observed_at
from observed
where recency = 1
