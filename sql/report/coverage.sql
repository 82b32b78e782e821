-- How much of what was sold could be followed, and how: read this before any table of credit.
-- grain:  one row per measure
-- key:    measure
-- units:  share of the measure's whole, in [0, 1]; revenue in the reporting currency, gross
-- params: $minor_unit (double)
with

matches as (
    select conversion_id, max(matched_by) as matched_by, bool_or(is_informative) as is_informative
    from journey.step
    group by conversion_id
),

conversions as (
    select
        conversion.conversion_id,
        conversion.has_analytics_consent,
        coalesce(matches.matched_by, 'none') as matched_by,
        coalesce(matches.is_informative, false) as is_informative
    from staging.conversion as conversion
    left join matches
        on matches.conversion_id = conversion.conversion_id
),

sales as (
    select conversion_id, sum(case when kind = 'sale' then revenue_minor else 0 end) as revenue_minor
    from staging.revenue_event
    group by conversion_id
),

valued as (
    select conversions.*, sales.revenue_minor
    from conversions
    inner join sales
        on sales.conversion_id = conversions.conversion_id
),

measures as (
    select 1 as position, 'conversions' as measure, count(*) as count, sum(revenue_minor) as revenue_minor from valued
    union all
    select 2, 'matched by person', count(*), sum(revenue_minor) from valued where matched_by = 'person' and is_informative
    union all
    select 3, 'matched by the order itself', count(*), sum(revenue_minor) from valued where matched_by = 'order_borne' and is_informative
    union all
    select 4, 'matched by campaign window', count(*), sum(revenue_minor) from valued where matched_by = 'campaign_window'
    union all
    select 5, 'seen, but only by direct or unknown visits', count(*), sum(revenue_minor) from valued where matched_by <> 'none' and not is_informative
    union all
    select 6, 'followed to no touch', count(*), sum(revenue_minor) from valued where matched_by = 'none'
    union all
    select 7, 'orders without consent to link persons', count(*), sum(revenue_minor) from valued where not coalesce(has_analytics_consent, false)
    union all
    select 8, 'set aside: no exchange rate for the day', count(distinct conversion_id), null from staging.unpriced_event
    union all
    select 9, 'orders that do not count: tests, or no money taken', count(*), null
    from staging.orders as orders
    anti join staging.conversion as conversion
        on conversion.shop_id = orders.shop_id
        and conversion.source_order_id = orders.source_order_id
),

touches as (
    select 20 as position, 'touches' as measure, count(*) as count from staging.touch
    union all
    select 21, 'touches usable in journeys', count(*) from staging.touch where is_eligible and person_id is not null
    union all
    select 22, 'touches without consent to link persons', count(*) from staging.touch where not coalesce(has_analytics_consent, false)
    union all
    select 23, 'touches of unknown source', count(*) from staging.touch where not is_informative
    union all
    select 24, 'touches left out: inside the shop, payment pages, bots, spam', count(*) from staging.touch where is_internal or is_bot or is_spam
)

select
    position,
    measure,
    count,
    round(count / nullif(cast(max(case when position = 1 then count end) over () as double), 0), 4) as share,
    cast(cast(revenue_minor as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as revenue_gross
from measures
union all
select
    position,
    measure,
    count,
    round(count / nullif(cast(max(case when position = 20 then count end) over () as double), 0), 4) as share,
    null as revenue_gross
from touches
