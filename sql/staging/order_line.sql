-- Lines of an order.
-- grain:  one row per shop_id, source_order_id, line_id
-- key:    shop_id, source_order_id, line_id
with

-- two exports number the same lines differently: an order's lines come from one file, the one that saw it last
files as (
    select
        shop_id,
        source_order_id,
        arg_max(batch_id, (coalesce(try_cast(observed_at as timestamptz), timestamptz '0001-01-01 00:00:00+00'), batch_id)) as batch_id
    from raw.order_line
    group by shop_id, source_order_id
),

observed as (
    select
        listed.shop_id,
        listed.source_order_id,
        listed.line_id,
        listed.sku,
        listed.product_id,
        listed.title,
        try_cast(listed.quantity as decimal(24, 6)) as quantity,
        try_cast(listed.unit_price as decimal(18, 6)) as unit_price,
        try_cast(listed.discount as decimal(18, 6)) as discount,
        try_cast(listed.tax as decimal(18, 6)) as tax,
        try_cast(listed.is_gift_card as boolean) as is_gift_card,
        listed.source_id,
        row_number() over (
            partition by listed.shop_id, listed.source_order_id, listed.line_id
            order by try_cast(listed.observed_at as timestamptz) desc nulls last, listed.line_no desc
        ) as recency
    from raw.order_line as listed
    inner join files
        on files.shop_id = listed.shop_id
        and files.source_order_id = listed.source_order_id
        and files.batch_id = listed.batch_id
)

select
    shop_id,
    source_order_id,
    line_id,
    sku,
    product_id,
    title,
    quantity,
    unit_price,
    discount,
    tax,
    is_gift_card,
    source_id
from observed
where recency = 1
