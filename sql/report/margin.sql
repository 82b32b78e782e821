-- What was left of orders and what was spent, by day: the parts of profit, under the model that finance reports.
-- grain:  one row per basis, day, channel, campaign and type of customer; spend has no customers and stands under all
-- key:    basis, report_date, channel, campaign_id, customer_type
-- units:  money in the reporting currency; costs and spend positive; a cost of which none was ever told is null
-- params: $minor_unit (double)
with

bases as (
    select unnest(['order_date', 'event_date']) as basis
),

sold as (
    select
        bases.basis,
        case bases.basis when 'order_date' then fact.order_date else fact.event_date end as report_date,
        fact.channel,
        fact.campaign_id,
        fact.customer_type,
        fact.gross + fact.refunds as revenue,
        fact.tax,
        fact.shipping,
        fact.cogs,
        fact.fulfilment,
        fact.payment_fee,
        0 as spend
    from finance.fact as fact
    cross join bases
),

spent as (
    select bases.basis, spend.spend_date as report_date, spend.channel, spend.campaign_id, 'all' as customer_type, 0, 0, 0, 0, 0, 0, spend.spend_minor
    from finance.spend_fact as spend
    cross join bases
    union all
    select
        bases.basis,
        overhead.fact_date,
        '(overhead)',
        '(none)',
        'all',
        0,
        0,
        0,
        0,
        case when overhead.component = 'fulfilment' then overhead.minor else 0 end,
        case when overhead.component = 'payment_fee' then overhead.minor else 0 end,
        case when overhead.component in ('spend_fees', 'spend_other') then overhead.minor else 0 end
    from finance.priced_overhead as overhead
    cross join bases
),

facts as (
    select * from sold
    union all
    select * from spent
),

known_costs as (
    select
        coalesce(bool_or(kind = 'cogs'), false) as has_cogs,
        coalesce(bool_or(kind = 'fulfilment'), false) as has_fulfilment,
        coalesce(bool_or(kind = 'payment_fee'), false) as has_payment_fee
    from staging.cost
),

summed as (
    select
        basis,
        report_date,
        channel,
        campaign_id,
        customer_type,
        sum(revenue) as revenue,
        sum(tax) as tax,
        sum(shipping) as shipping,
        sum(cogs) as cogs,
        sum(fulfilment) as fulfilment,
        sum(payment_fee) as payment_fee,
        sum(spend) as spend
    from facts
    group by basis, report_date, channel, campaign_id, customer_type
)

select
    summed.basis,
    summed.report_date,
    summed.channel,
    summed.campaign_id,
    summed.customer_type,
    cast(cast(summed.revenue as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as revenue_net,
    cast(cast(summed.tax as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as tax,
    cast(cast(summed.shipping as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as shipping,
    case when known_costs.has_cogs then cast(cast(summed.cogs as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) end as cogs,
    case when known_costs.has_fulfilment then cast(cast(summed.fulfilment as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) end as fulfilment,
    case when known_costs.has_payment_fee then cast(cast(summed.payment_fee as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) end as payment_fees,
    cast(cast(summed.spend as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as spend_total
from summed
cross join known_costs
