-- Pieces sold and pieces put back on the shelf, with what one of them cost on the day of its order. A piece whose SKU has no cost by
-- then is counted, and its cost is unknown.
-- grain:  one row per line of an order, and per returned line
-- key:    conversion_id, line_key
-- units:  quantity in pieces, negative when it came back; unit_cost in `currency`
-- params: $reporting_time_zone (varchar, IANA)
with

conversions as (
    select conversion_id, shop_id, source_order_id, conversion_date
    from staging.conversion
    where kind = 'order'
        and conversion_id in (select conversion_id from staging.revenue_event)
),

-- a refund names its lines as the export that told it does, which need not be the one whose lines stand in staging
named as (
    select shop_id, source_order_id, line_id, max(sku) as sku
    from raw.order_line
    group by shop_id, source_order_id, line_id
),

-- some sources leave it to the refund to say which order its lines are of; told with and without the order, a line is one line
returned as (
    select
        line.shop_id,
        coalesce(refund.source_order_id, line.source_order_id) as source_order_id,
        line.refund_id,
        line.line_id,
        line.quantity,
        refund.refunded_at,
        row_number() over (
            partition by line.shop_id, line.refund_id, line.line_id, coalesce(refund.source_order_id, line.source_order_id)
            order by starts_with(line.source_order_id, 'of refund '), line.source_order_id
        ) as choice
    from staging.refund_line as line
    left join staging.refund as refund
        on refund.shop_id = line.shop_id
        and refund.refund_id = line.refund_id
        and (refund.source_order_id = line.source_order_id or line.source_order_id = 'of refund ' || line.refund_id)
    where line.restock_type in ('return', 'cancel', 'legacy_restock')
        and line.quantity <> 0
),

lines as (
    select
        conversions.conversion_id,
        'sold ' || line.line_id as line_key,
        conversions.shop_id,
        conversions.conversion_date,
        conversions.conversion_date as moved_date,
        line.sku,
        cast(line.quantity as decimal(12, 3)) as quantity
    from staging.order_line as line
    inner join conversions
        on conversions.shop_id = line.shop_id
        and conversions.source_order_id = line.source_order_id
    where line.quantity <> 0
        and not coalesce(line.is_gift_card, false)
    union all
    select
        conversions.conversion_id,
        'back ' || line.refund_id || ' ' || line.line_id as line_key,
        conversions.shop_id,
        conversions.conversion_date,
        coalesce(cast(timezone($reporting_time_zone, line.refunded_at) as date), conversions.conversion_date) as moved_date,
        named.sku,
        cast(-line.quantity as decimal(12, 3)) as quantity
    from returned as line
    inner join conversions
        on conversions.shop_id = line.shop_id
        and conversions.source_order_id = line.source_order_id
    inner join named
        on named.shop_id = line.shop_id
        and named.source_order_id = line.source_order_id
        and named.line_id = line.line_id
    where line.choice = 1
),

costs as (
    select
        lines.conversion_id,
        lines.line_key,
        -- the newest cost by the day of the order; one for the shop before one for all
        arg_max(cost.amount, (coalesce(cost.cost_date, date '0001-01-01'), cost.shop_id is not null, cost.amount)) as unit_cost,
        arg_max(cost.currency, (coalesce(cost.cost_date, date '0001-01-01'), cost.shop_id is not null, cost.amount)) as currency
    from lines
    inner join staging.cost as cost
        on cost.kind = 'cogs'
        and cost.sku = lines.sku
        and (cost.shop_id is null or cost.shop_id = lines.shop_id)
        and coalesce(cost.cost_date, date '0001-01-01') <= lines.conversion_date
        and cost.order_name is null
    group by lines.conversion_id, lines.line_key
)

select
    lines.conversion_id,
    lines.line_key,
    lines.conversion_date,
    lines.moved_date,
    lines.sku,
    lines.quantity,
    costs.unit_cost,
    costs.currency
from lines
left join costs
    on costs.conversion_id = lines.conversion_id
    and costs.line_key = lines.line_key
