-- Costs: goods, fulfilment, payment fees.
-- grain:  one row per kind, sku, shop_id, order_name, cost_date
-- key:    kind, sku, shop_id, order_name, cost_date
with

observed as (
    select
        kind,
        sku,
        shop_id,
        order_name,
        try_cast(cost_date as date) as cost_date,
        try_cast(amount as decimal(18, 6)) as amount,
        currency,
        source_id,
        try_cast(observed_at as timestamptz) as observed_at,
        row_number() over (
            partition by kind, coalesce(sku, ''), coalesce(shop_id, ''), coalesce(order_name, ''), coalesce(cost_date, '')
            order by try_cast(observed_at as timestamptz) desc nulls last, batch_id desc, line_no desc
        ) as recency
    from raw.cost
)

select
    kind,
    sku,
    shop_id,
    order_name,
    cost_date,
    amount,
    currency,
    source_id,
    observed_at
from observed
where recency = 1
