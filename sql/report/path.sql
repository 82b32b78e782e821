-- Journeys as paths of channels. Paths of fewer than k persons are summed in one row, (suppressed);
-- persons are counted by the thousand buckets that their keys fall in, so that a count is never too high.
-- grain:  one row per path
-- key:    path
-- units:  mean_days from first touch to the end, of journeys that have a touch; revenue_gross in the reporting currency
-- params: $k (integer), $minor_unit (double)
with

sequences as (
    select
        channels[1:20] as channels,
        len(channels) > 20 as is_truncated,
        is_untouched,
        min(len(channels)) as path_length,
        -- as many buckets are at least as many persons, and nearly always as many
        count(distinct bucket) as persons,
        sum(case when is_converted then journeys else 0 end) as conversions,
        sum(case when is_converted then 0 else journeys end) as non_conversions,
        sum(case when is_untouched then 0 else journeys end) as touched,
        sum(revenue_minor) as revenue_minor,
        sum(days) as days
    from journey.path
    group by all
),

paths as (
    select
        case
            when is_untouched then '(no touch)'
            when path_length = 0 then '(direct or unknown only)'
            else array_to_string(list_transform(sequences.channels, c -> names.channels[c + 1]), ' > ') || case when is_truncated then ' > ...' else '' end
        end as path,
        * exclude (channels, is_untouched)
    from sequences
    cross join (select list(channel order by channel_no) as channels from rules.channel) as names
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
    select path, path_length, is_truncated, conversions, non_conversions, touched, revenue_minor, days, false as is_suppressed, 1 as paths
    from marked
    where not is_suppressed
    union all
    select '(suppressed)', null, null, sum(conversions), sum(non_conversions), sum(touched), sum(revenue_minor), sum(days), true, count(*)
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
    round(cast(days as double) / nullif(touched, 0), 2) as mean_days
from shown
