-- Lines of an order.
-- grain:  one row per shop_id, source_order_id, line_id
-- key:    shop_id, source_order_id, line_id
with

observed as (
    select
        shop_id,
        source_order_id,
        line_id,
        sku,
        product_id,
        title,
        try_cast(quantity as decimal(24, 6)) as quantity,
        try_cast(unit_price as decimal(18, 6)) as unit_price,
        try_cast(discount as decimal(18, 6)) as discount,
        try_cast(tax as decimal(18, 6)) as tax,
        try_cast(is_gift_card as boolean) as is_gift_card,
        source_id,
        try_cast(observed_at as timestamptz) as observed_at,
        row_number() over (
            partition by shop_id, source_order_id, line_id
            order by try_cast(observed_at as timestamptz) desc nulls last, batch_id desc, line_no desc
        ) as recency
    from raw.order_line
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
    source_id,
    observed_at
from observed
where recency = 1
