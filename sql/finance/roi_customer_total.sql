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
        event.conversion_id,
        conversions.customer_type,
        conversions.person,
        event.conversion_date as order_date,
        event.event_date,
        case
            when row_number() over (partition by event.conversion_id order by event.kind <> 'sale', event.occurred_at, event.money_event_id) = 1 then 1000000000
            else 0
        end as credit,
        event.kind,
        event.revenue_minor
    from staging.revenue_event as event
    inner join conversions
        on conversions.conversion_id = event.conversion_id
),

parts as (
    select
        part.order_date,
        part.event_date,
        conversions.customer_type,
        conversions.person,
        part.measure,
        part.value
    from (
        select conversion_id, order_date, fact_date as event_date, component as measure, minor as value from finance.priced_part
        union all
        select conversion_id, conversion_date, moved_date, 'units', cast(quantity as decimal(18, 3)) * 1000000000 from finance.sold_line
        union all
        select conversion_id, conversion_date, moved_date, 'units_without_cost', cast(quantity as decimal(18, 3)) * 1000000000 from finance.sold_line where unit_cost is null
    ) as part
    inner join conversions
        on conversions.conversion_id = part.conversion_id
),

persons as (
    select dated.basis, period.period, dated.customer_type, count(distinct dated.person) as persons
    from (
        select 'order_date' as basis, order_date as fact_date, customer_type, person from events
        union all
        select 'event_date' as basis, event_date as fact_date, customer_type, person from events
        union all
        select 'order_date' as basis, order_date as fact_date, customer_type, person from parts
        union all
        select 'event_date' as basis, event_date as fact_date, customer_type, person from parts
    ) as dated
    inner join finance.period_day as period
        on period.day = dated.fact_date
    group by dated.basis, period.period, dated.customer_type
),

-- few rows from here on: one for each pair of days
daily as (
    select order_date, event_date, customer_type, measure, sum(value) as value
    from (
        select order_date, event_date, customer_type, 'orders' as measure, cast(credit as decimal(28, 3)) as value from events
        union all
        select order_date, event_date, customer_type, case when kind = 'sale' then 'gross' else 'refunds' end, revenue_minor from events
        union all
        select order_date, event_date, customer_type, measure, value from parts
    )
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
    dated.customer_type,
    any_value(persons.persons) as persons,
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
inner join persons
    on persons.basis = dated.basis
    and persons.period = period.period
    and persons.customer_type = dated.customer_type
group by dated.basis, period.period, dated.customer_type
