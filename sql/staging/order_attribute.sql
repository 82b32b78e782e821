-- Free attributes of an order (note attributes), scrubbed on the way in.
-- grain:  one row per shop_id, source_order_id, name
-- key:    shop_id, source_order_id, name
with

observed as (
    select
        shop_id,
        source_order_id,
        name,
        value,
        source_id,
        try_cast(observed_at as timestamptz) as observed_at,
        row_number() over (
            partition by shop_id, source_order_id, name
            order by try_cast(observed_at as timestamptz) desc nulls last, batch_id desc, line_no desc
        ) as recency
    from raw.order_attribute
)

select
    shop_id,
    source_order_id,
    name,
    value,
    source_id,
    observed_at
from observed
where recency = 1
