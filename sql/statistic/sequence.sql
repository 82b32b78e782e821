-- Pairs of touches that follow each other at once, by bucket of persons; a journey counts once for each pair that it has.
-- Pair 0 is all journeys.
-- grain:  one row per pair and bucket
-- key:    pair, bucket
-- units:  pair as first x $base + second, channels as their number plus 1; journeys and conversions in journeys
-- params: $base (integer: channels + 1), $k (integer)
with

journeys as (
    select
        bucket,
        list_distinct(list_transform(
            list_zip(channels[:-2], channels[2:]),
            pair -> (pair[1] + 1) * $base + pair[2] + 1
        )) as pairs,
        is_converted,
        journeys
    from journey.path
    where len(channels) > 1
),

seen as (
    select bucket, is_converted, journeys, unnest(pairs) as pair
    from journeys
),

counted as (
    select
        pair,
        bucket,
        sum(journeys) as journeys,
        sum(case when is_converted then journeys else 0 end) as conversions
    from seen
    group by pair, bucket
),

-- as many buckets are at least as many persons
known as (
    select *, count(*) over (partition by pair) as buckets
    from counted
)

select
    cast(pair as double) as pair,
    cast(bucket as double) as bucket,
    cast(journeys as double) as journeys,
    cast(conversions as double) as conversions
from known
where buckets >= $k
union all
select
    cast(0 as double) as pair,
    cast(bucket as double) as bucket,
    cast(sum(journeys) as double) as journeys,
    cast(sum(case when is_converted then journeys else 0 end) as double) as conversions
from journey.path
group by bucket
order by pair, bucket
