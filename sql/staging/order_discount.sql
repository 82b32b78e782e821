-- Discount codes used on an order.
-- grain:  one row per shop_id, source_order_id, discount_index
-- key:    shop_id, source_order_id, discount_index
with

-- two exports number the same lines differently: an order's lines come from one file, the one that saw it last
files as (
    select
        shop_id,
        source_order_id,
        arg_max(batch_id, (coalesce(try_cast(observed_at as timestamptz), timestamptz '0001-01-01 00:00:00+00'), batch_id)) as batch_id
    from raw.order_discount
    group by shop_id, source_order_id
),

observed as (
    select
        listed.shop_id,
        listed.source_order_id,
        try_cast(listed.discount_index as bigint) as discount_index,
        listed.code,
        listed.type,
        try_cast(listed.amount as decimal(18, 6)) as amount,
        listed.source_id,
        row_number() over (
            partition by listed.shop_id, listed.source_order_id, listed.discount_index
            order by try_cast(listed.observed_at as timestamptz) desc nulls last, listed.line_no desc
        ) as recency
    from raw.order_discount as listed
    inner join files
        on files.shop_id = listed.shop_id
        and files.source_order_id = listed.source_order_id
        and files.batch_id = listed.batch_id
)

select
    shop_id,
    source_order_id,
    discount_index,
    code,
    type,
    amount,
    source_id
from observed
where recency = 1
