-- Totals of the ROI table, straight from the priced facts: no credit, no splitting stands between. What the rows have to add up to.
-- grain:  one row per basis and period
-- key:    basis, period
-- units:  orders and customers in billionths, units in billionths of a piece, money in minor units
with

events as (
    select
        event.conversion_id,
        conversion.customer_type,
        event.conversion_date as order_date,
        event.event_date,
        case
            when row_number() over (partition by event.conversion_id order by event.kind <> 'sale', event.occurred_at, event.money_event_id) = 1 then 1000000000
            else 0
        end as credit,
        event.kind,
        event.revenue_minor
    from staging.revenue_event as event
    inner join staging.conversion as conversion
        on conversion.conversion_id = event.conversion_id
),

facts as (
    select order_date, event_date, customer_type, 'orders' as measure, cast(credit as decimal(28, 3)) as value from events
    union all
    select order_date, event_date, customer_type, case when kind = 'sale' then 'gross' else 'refunds' end, revenue_minor from events
    union all
    select order_date, fact_date, 'any', component, minor from finance.priced_part
    union all
    select conversion_date, moved_date, 'any', 'units', cast(quantity as decimal(18, 3)) * 1000000000 from finance.sold_line
    union all
    select conversion_date, moved_date, 'any', 'units_without_cost', cast(quantity as decimal(18, 3)) * 1000000000 from finance.sold_line where unit_cost is null
    union all
    select spend_date, spend_date, 'any', 'spend_media', spend_minor from staging.spend_event
    union all
    select fact_date, fact_date, 'any', component, minor from finance.priced_overhead
    union all
    select spend_date, spend_date, 'any', 'clicks', clicks from staging.spend_event
    union all
    select spend_date, spend_date, 'any', 'impressions', impressions from staging.spend_event
    union all
    select metric_date, metric_date, 'any', 'engagements', value from staging.metric_daily where metric in ('reactions', 'comments', 'shares', 'saves')
),

-- few rows from here on: one for each pair of days
daily as (
    select order_date, event_date, customer_type, measure, sum(value) as value
    from facts
    group by order_date, event_date, customer_type, measure
),

dated as (
    select 'order_date' as basis, order_date as fact_date, customer_type, measure, value from daily
    union all
    select 'event_date' as basis, event_date as fact_date, customer_type, measure, value from daily
)

select
    dated.basis,
    period.period,
    cast(sum(case when measure = 'orders' then value else 0 end) as decimal(28, 0)) as orders,
    cast(sum(case when measure = 'orders' and customer_type = 'new' then value else 0 end) as decimal(28, 0)) as new_customers,
    cast(sum(case when measure = 'orders' and customer_type = 'returning' then value else 0 end) as decimal(28, 0)) as returning_customers,
    cast(sum(case when measure = 'units' then value else 0 end) as decimal(25, 3)) as units,
    cast(sum(case when measure = 'units_without_cost' then value else 0 end) as decimal(25, 3)) as units_without_cost,
    cast(sum(case when measure = 'gross' then value else 0 end) as decimal(28, 0)) as gross,
    cast(sum(case when measure = 'refunds' then value else 0 end) as decimal(28, 0)) as refunds,
    cast(sum(case when measure in ('gross', 'refunds') and customer_type = 'new' then value else 0 end) as decimal(28, 0)) as new_revenue,
    cast(sum(case when measure = 'discount' then value else 0 end) as decimal(28, 0)) as discount,
    cast(sum(case when measure = 'tax' then value else 0 end) as decimal(28, 0)) as tax,
    cast(sum(case when measure = 'shipping' then value else 0 end) as decimal(28, 0)) as shipping,
    cast(sum(case when measure = 'cogs' then value else 0 end) as decimal(28, 0)) as cogs,
    cast(sum(case when measure = 'fulfilment' then value else 0 end) as decimal(28, 0)) as fulfilment,
    cast(sum(case when measure = 'payment_fee' then value else 0 end) as decimal(28, 0)) as payment_fee,
    cast(sum(case when measure = 'spend_media' then value else 0 end) as decimal(28, 0)) as spend_media,
    cast(sum(case when measure = 'spend_fees' then value else 0 end) as decimal(28, 0)) as spend_fees,
    cast(sum(case when measure = 'spend_other' then value else 0 end) as decimal(28, 0)) as spend_other,
    cast(sum(case when measure = 'clicks' then value else 0 end) as decimal(28, 0)) as clicks,
    cast(sum(case when measure = 'impressions' then value else 0 end) as decimal(28, 0)) as impressions,
    cast(sum(case when measure = 'engagements' then value else 0 end) as decimal(28, 0)) as engagements
from dated
inner join finance.period_day as period
    on period.day = dated.fact_date
group by dated.basis, period.period
