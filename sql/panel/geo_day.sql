-- Geos by day, complete: 0 where nothing happened, null where nothing is known (a gap).
-- Sales are known where every shop that sells there (a twentieth of the geo's orders, or more) was loaded; visits, engagement and spend where
-- every source that tells places was.
-- grain:  one row per geo and day
-- key:    geo, day
-- units:  orders, new_customers, sessions, engagements, negative_engagements are counts; revenue and spend in the reporting currency
-- params: $minor_unit (double)
with

calendar as (
    select distinct day from panel.source_day
),

geos as (
    select geo from panel.sale_day
    union
    select geo from panel.touch_day
    union
    select geo from panel.engagement_day where is_chosen
    union
    select geo from panel.spend_day
),

cells as (
    select geos.geo, calendar.day
    from geos
    cross join calendar
),

shares as (
    select geo, shop_id, sum(orders) as orders, sum(sum(orders)) over (partition by geo) as all_orders
    from panel.sale_day
    group by geo, shop_id
),

-- sources that matter to a geo; those that tell places matter to every geo that is one
needed as (
    select geo, 'sales' as stream, shop_id as source
    from shares
    where 20 * orders >= all_orders
    union all
    select places.geo, tellers.stream, tellers.source
    from (select geo from geos where geo <> '(unknown)') as places
    cross join (
        select distinct 'touches' as stream, source_id as source from panel.touch_day where geo <> '(unknown)'
        union all
        select distinct 'engagement', platform from panel.engagement_day where is_chosen and geo <> '(unknown)'
        union all
        select distinct 'spend', platform || ':' || account_id from panel.spend_day where geo <> '(unknown)'
    ) as tellers
    union all
    select distinct '(unknown)', 'touches', source_id from panel.touch_day where geo = '(unknown)'
    union all
    select distinct '(unknown)', 'engagement', platform from panel.engagement_day where is_chosen and geo = '(unknown)'
    union all
    select distinct '(unknown)', 'spend', platform || ':' || account_id from panel.spend_day where geo = '(unknown)'
),

known as (
    select
        needed.geo,
        source_day.day,
        coalesce(bool_and(source_day.is_loaded) filter (where needed.stream = 'sales'), false) as has_sales,
        coalesce(bool_and(source_day.is_loaded) filter (where needed.stream = 'touches'), false) as has_touches,
        coalesce(bool_and(source_day.is_loaded) filter (where needed.stream = 'engagement'), false) as has_engagement,
        coalesce(bool_and(source_day.is_loaded) filter (where needed.stream = 'spend'), false) as has_spend
    from needed
    inner join panel.source_day as source_day
        on source_day.stream = needed.stream
        and source_day.source = needed.source
    group by needed.geo, source_day.day
),

sales as (
    select
        geo,
        day,
        sum(orders) as orders,
        sum(new_customers) as new_customers,
        sum(gross_minor) as gross_minor,
        sum(net_minor) as net_minor
    from panel.sale_day
    group by geo, day
),

visits as (
    select geo, day, sum(touches) as touches
    from panel.touch_day
    group by geo, day
),

engagement as (
    select
        geo,
        day,
        sum(case when polarity > 0 then engagements else 0 end) as engagements,
        sum(case when polarity < 0 then engagements else 0 end) as negative_engagements
    from panel.engagement_day
    where is_chosen
    group by geo, day
),

spend as (
    select geo, day, sum(spend_minor) as spend_minor
    from panel.spend_day
    group by geo, day
)

select
    cells.geo,
    cells.day,
    case when known.has_sales then cast(coalesce(sales.orders, 0) as bigint) end as orders,
    case when known.has_sales then cast(coalesce(sales.new_customers, 0) as bigint) end as new_customers,
    case when known.has_sales then cast(cast(coalesce(sales.gross_minor, 0) as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) end as revenue_gross,
    case when known.has_sales then cast(cast(coalesce(sales.net_minor, 0) as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) end as revenue_net,
    case when known.has_touches then cast(coalesce(visits.touches, 0) as bigint) end as sessions,
    case when known.has_engagement then cast(coalesce(engagement.engagements, 0) as decimal(28, 6)) end as engagements,
    case when known.has_engagement then cast(coalesce(engagement.negative_engagements, 0) as decimal(28, 6)) end as negative_engagements,
    case when known.has_spend then cast(cast(coalesce(spend.spend_minor, 0) as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) end as spend
from cells
left join known
    on known.geo = cells.geo
    and known.day = cells.day
left join sales
    on sales.geo = cells.geo
    and sales.day = cells.day
left join visits
    on visits.geo = cells.geo
    and visits.day = cells.day
left join engagement
    on engagement.geo = cells.geo
    and engagement.day = cells.day
left join spend
    on spend.geo = cells.geo
    and spend.day = cells.day
