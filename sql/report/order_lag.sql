-- How long before an order a channel was first touched, within the journey. A step of time that fewer than k persons took lies together
-- with its neighbours, and a channel of fewer than k persons is left out; persons are counted by the thousand buckets that their keys fall
-- in, so that a count is never too high. What stands in the order itself (a code, a link) says nothing of when and takes no part, and neither
-- do direct visits.
-- grain:  one row per channel and step of time; channel (any) is the first of all channels
-- key:    channel, from_hours
-- units:  hours before the order, half-open: from_hours <= time < to_hours, null = without an end; orders is a count, and an order counts
--         once in each of its channels
-- params: $k (integer)
with recursive

edges as (
    select bar_no, from_hours, to_hours
    from (values
        (1, 0, 1),
        (2, 1, 24),
        (3, 24, 48),
        (4, 48, 72),
        (5, 72, 168),
        (6, 168, 336),
        (7, 336, 720),
        (8, 720, 1440),
        (9, 1440, 2160),
        (10, 2160, null)
    ) as edge (bar_no, from_hours, to_hours)
),

-- steps stand in the order of time, so that the first place of a channel is its first touch
journeys as (
    select
        journey.bucket,
        journey.channels,
        journey.ages,
        list_filter(
            generate_series(1, len(journey.channels)),
            place -> journey.ages[place] > 0
                and journey.channels[place] <> direct.channel_no
                and list_position(journey.channels, journey.channels[place]) = place
        ) as places
    from journey.journey as journey
    cross join (select channel_no from rules.channel where channel = 'Direct') as direct
    where journey.is_converted
),

touched as (
    select bucket, cast(channels[place] as integer) as channel_no, ages[place] as age
    from (select bucket, channels, ages, unnest(places) as place from journeys)
    union all
    select bucket, -1, ages[places[1]]
    from journeys
    where len(places) > 0
),

barred as (
    select
        bucket,
        channel_no,
        case
            when age < 3600000000 then 1
            when age < 24 * 3600000000 then 2
            when age < 48 * 3600000000 then 3
            when age < 72 * 3600000000 then 4
            when age < 168 * 3600000000 then 5
            when age < 336 * 3600000000 then 6
            when age < 720 * 3600000000 then 7
            when age < 1440 * 3600000000 then 8
            when age < 2160 * 3600000000 then 9
            else 10
        end as bar_no,
        count(*) as orders
    from touched
    group by all
),

spans as (
    select channel_no, max(bar_no) as longest_no
    from barred
    group by channel_no
),

-- steps of time that nobody took stand between the others, up to the longest
bars as (
    select
        spans.channel_no,
        edges.bar_no,
        coalesce(sum(barred.orders), 0) as orders,
        coalesce(list(barred.bucket) filter (where barred.bucket is not null), []) as buckets
    from spans
    inner join edges
        on edges.bar_no <= spans.longest_no
    left join barred
        on barred.channel_no = spans.channel_no
        and barred.bar_no = edges.bar_no
    group by spans.channel_no, edges.bar_no
),

-- from the shortest time on, a part takes in steps until it tells of k persons
walked as (
    select channel_no, bar_no, 1 as part, buckets
    from bars
    where bar_no = 1
    union all
    select
        bars.channel_no,
        bars.bar_no,
        case when len(walked.buckets) >= $k then walked.part + 1 else walked.part end,
        case when len(walked.buckets) >= $k then bars.buckets else list_distinct(list_concat(walked.buckets, bars.buckets)) end
    from walked
    inner join bars
        on bars.channel_no = walked.channel_no
        and bars.bar_no = walked.bar_no + 1
),

-- what is left over at the long end joins the part before it
joined as (
    select
        channel_no,
        bar_no,
        least(part, max(case when len(buckets) >= $k then part end) over (partition by channel_no)) as part,
        max(len(buckets)) over (partition by channel_no) >= $k as is_told
    from walked
)

select
    coalesce(channel.channel, '(any)') as channel,
    cast(min(edges.from_hours) as integer) as from_hours,
    cast(nullif(max_by(coalesce(edges.to_hours, 0), edges.bar_no), 0) as integer) as to_hours,
    cast(sum(bars.orders) as bigint) as orders
from joined
inner join bars
    on bars.channel_no = joined.channel_no
    and bars.bar_no = joined.bar_no
inner join edges
    on edges.bar_no = joined.bar_no
left join rules.channel as channel
    on channel.channel_no = joined.channel_no
where joined.is_told
group by channel.channel, joined.part
