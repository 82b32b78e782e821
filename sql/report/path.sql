-- Journeys as paths of channels. Paths of fewer than k persons are summed in one row, (suppressed).
-- grain:  one row per path
-- key:    path
-- units:  days is the mean from first touch to the end; revenue_gross in the reporting currency
-- params: $k (integer), $minor_unit (double)
with

journeys as (
    select
        array_to_string(list_transform(journey.channels[1:20], c -> names.channels[c + 1]), ' > ') as path,
        len(journey.channels) as path_length,
        len(journey.channels) > 20 as is_truncated,
        journey.touch_count,
        journey.person_id,
        journey.is_converted,
        journey.days,
        journey.revenue_minor
    from journey.journey as journey
    cross join (select list(channel order by channel_no) as channels from rules.channel) as names
),

paths as (
    select
        case
            when path = '' and touch_count = 0 then '(no touch)'
            when path = '' then '(unattributed)'
            when is_truncated then path || ' > ...'
            else path
        end as path,
        min(path_length) as path_length,
        bool_or(is_truncated) as is_truncated,
        -- an order of nobody known counts as a person of its own
        count(distinct person_id) + count(*) filter (where person_id is null) as persons,
        sum(case when is_converted then 1 else 0 end) as conversions,
        sum(case when is_converted then 0 else 1 end) as non_conversions,
        sum(revenue_minor) as revenue_minor,
        sum(cast(days as decimal(28, 6))) as days
    from journeys
    group by 1
),

-- when the small ones together are still fewer than k, the next larger join them
ranked as (
    select
        *,
        sum(persons) over (order by persons, path rows between unbounded preceding and 1 preceding) as persons_before,
        min(persons) over () as fewest
    from paths
),

marked as (
    select *, persons < $k or (fewest < $k and coalesce(persons_before, 0) < $k) as is_suppressed
    from ranked
),

shown as (
    select path, path_length, is_truncated, conversions, non_conversions, revenue_minor, days, false as is_suppressed, 1 as paths
    from marked
    where not is_suppressed
    union all
    select '(suppressed)', null, null, sum(conversions), sum(non_conversions), sum(revenue_minor), sum(days), true, count(*)
    from marked
    where is_suppressed
    having count(*) > 0
)

select
    path,
    path_length,
    is_truncated,
    is_suppressed,
    cast(paths as bigint) as paths,
    cast(conversions as bigint) as conversions,
    cast(non_conversions as bigint) as non_conversions,
    cast(cast(revenue_minor as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as revenue_gross,
    round(cast(days as double) / (conversions + non_conversions), 2) as mean_days
from shown
