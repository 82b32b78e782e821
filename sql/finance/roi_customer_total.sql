-- Totals of the ROI table by type of customer, straight from the priced facts: no credit, no splitting stands between. What the rows of
-- that type have to add up to. Costs that belong to no order are not here.
-- grain:  one row per basis, period and type of customer
-- key:    basis, period, customer_type
-- units:  persons are those whom any fact tells of; orders in billionths, units in billionths of a piece, money in minor units
with

conversions as (
    select conversion_id, customer_type, coalesce(person_id, cast(md5(conversion_id) as uuid)) as person
    from staging.conversion
),

events as (
    select
        conversion_id,
        conversion_date as order_date,
        event_date,
        case
            when row_number() over (partition by conversion_id order by kind <> 'sale', occurred_at, money_event_id) = 1 then 1000000000
            else 0
        end as credit,
        kind,
        revenue_minor
    from staging.revenue_event
),

facts as (
    select conversion_id, order_date, event_date, 'orders' as measure, cast(credit as decimal(28, 3)) as value from events
    union all
    select conversion_id, order_date, event_date, case when kind = 'sale' then 'gross' else 'refunds' end, revenue_minor from events
    union all
    select conversion_id, order_date, fact_date, component, minor from finance.priced_part
    union all
    select conversion_id, conversion_date, moved_date, 'units', cast(quantity as decimal(18, 3)) * 1000000000 from finance.sold_line
    union all
    select conversion_id, conversion_date, moved_date, 'units_without_cost', cast(quantity as decimal(18, 3)) * 1000000000 from finance.sold_line where unit_cost is null
),

typed as (
    select
        facts.order_date,
        facts.event_date,
        conversions.customer_type,
        conversions.person,
        facts.measure,
        facts.value
    from facts
    inner join conversions
        on conversions.conversion_id = facts.conversion_id
),

dated as (
    select 'order_date' as basis, order_date as fact_date, customer_type, person, measure, value from typed
    union all
    select 'event_date' as basis, event_date as fact_date, customer_type, person, measure, value from typed
)

select
    dated.basis,
    period.period,
    dated.customer_type,
    count(distinct dated.person) as persons,
    cast(sum(case when dated.measure = 'orders' then dated.value else 0 end) as decimal(28, 0)) as orders,
    cast(sum(case when dated.measure = 'units' then dated.value else 0 end) as decimal(25, 3)) as units,
    cast(sum(case when dated.measure = 'units_without_cost' then dated.value else 0 end) as decimal(25, 3)) as units_without_cost,
    cast(sum(case when dated.measure = 'gross' then dated.value else 0 end) as decimal(28, 0)) as gross,
    cast(sum(case when dated.measure = 'refunds' then dated.value else 0 end) as decimal(28, 0)) as refunds,
    cast(sum(case when dated.measure = 'discount' then dated.value else 0 end) as decimal(28, 0)) as discount,
    cast(sum(case when dated.measure = 'tax' then dated.value else 0 end) as decimal(28, 0)) as tax,
    cast(sum(case when dated.measure = 'shipping' then dated.value else 0 end) as decimal(28, 0)) as shipping,
    cast(sum(case when dated.measure = 'cogs' then dated.value else 0 end) as decimal(28, 0)) as cogs,
    cast(sum(case when dated.measure = 'fulfilment' then dated.value else 0 end) as decimal(28, 0)) as fulfilment,
    cast(sum(case when dated.measure = 'payment_fee' then dated.value else 0 end) as decimal(28, 0)) as payment_fee
from dated
inner join finance.period_day as period
    on period.day = dated.fact_date
group by dated.basis, period.period, dated.customer_type
