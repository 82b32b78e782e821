-- The whole market by day: 0 where nothing happened, null where a source was not loaded (a gap).
-- A shop matters to the whole when it brought a twentieth of its orders, or more, a network when of its engagement.
-- grain:  one row per day
-- key:    day
-- units:  counts; revenue and spend in the reporting currency
-- params: $minor_unit (double)
with

shares as (
    select shop_id, sum(orders) as orders, sum(sum(orders)) over () as all_orders
    from panel.sale_day
    group by shop_id
),

networks as (
    select platform, sum(abs(engagements)) as engagements, sum(sum(abs(engagements))) over () as all_engagements
    from panel.engagement_day
    where is_chosen
    group by platform
),

needed as (
    select 'sales' as stream, shop_id as source
    from shares
    where 20 * orders >= all_orders
    union all
    select 'engagement', platform
    from networks
    where 20 * engagements >= all_engagements
    union all
    select distinct stream, source
    from panel.source_day
    where stream in ('touches', 'spend')
),

known as (
    select
        source_day.day,
        coalesce(bool_and(source_day.is_loaded) filter (where needed.stream = 'sales'), false) as has_sales,
        coalesce(bool_and(source_day.is_loaded) filter (where needed.stream = 'touches'), false) as has_touches,
        coalesce(bool_and(source_day.is_loaded) filter (where needed.stream = 'engagement'), false) as has_engagement,
        coalesce(bool_and(source_day.is_loaded) filter (where needed.stream = 'spend'), false) as has_spend
    from panel.source_day as source_day
    left join needed
        on needed.stream = source_day.stream
        and needed.source = source_day.source
    group by source_day.day
),

sales as (
    select
        day,
        sum(orders) as orders,
        sum(new_customers) as new_customers,
        sum(gross_minor) as gross_minor,
        sum(net_minor) as net_minor
    from panel.sale_day
    group by day
),

visits as (
    select day, sum(touches) as touches
    from panel.touch_day
    group by day
),

engagement as (
    select
        day,
        sum(case when polarity > 0 then engagements else 0 end) as engagements,
        sum(case when polarity < 0 then engagements else 0 end) as negative_engagements
    from panel.engagement_day
    where is_chosen
    group by day
),

spend as (
    select day, sum(spend_minor) as spend_minor
    from panel.spend_day
    group by day
)

select
    known.day,
    case when known.has_sales then cast(coalesce(sales.orders, 0) as bigint) end as orders,
    case when known.has_sales then cast(coalesce(sales.new_customers, 0) as bigint) end as new_customers,
    case when known.has_sales then cast(cast(coalesce(sales.gross_minor, 0) as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) end as revenue_gross,
    case when known.has_sales then cast(cast(coalesce(sales.net_minor, 0) as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) end as revenue_net,
    case when known.has_touches then cast(coalesce(visits.touches, 0) as bigint) end as sessions,
    case when known.has_engagement then cast(coalesce(engagement.engagements, 0) as decimal(28, 6)) end as engagements,
    case when known.has_engagement then cast(coalesce(engagement.negative_engagements, 0) as decimal(28, 6)) end as negative_engagements,
    case when known.has_spend then cast(cast(coalesce(spend.spend_minor, 0) as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) end as spend
from known
left join sales
    on sales.day = known.day
left join visits
    on visits.day = known.day
left join engagement
    on engagement.day = known.day
left join spend
    on spend.day = known.day
