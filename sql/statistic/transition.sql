-- Moves of a Markov chain of some order, summed by bucket of persons: what the models read instead of journeys.
-- A state is a window of `order` touches, written as a number in base $base: its channels' numbers plus 1 are the digits.
-- A move between equal states is none: runs of one state are one.
-- grain:  one row per bucket, state left and state entered
-- key:    bucket, from_state, to_state
-- units:  weight in moves
-- params: $order (integer, 1 to 4), $base (integer: channels + 1), $buckets (integer, divides 1000)
with

windows as (
    select
        bucket % $buckets as bucket,
        journeys,
        unnest(channels) + 1 as a,
        unnest(channels[2:]) + 1 as b,
        unnest(case when $order > 1 then channels[3:] end) + 1 as c,
        unnest(case when $order > 2 then channels[4:] end) + 1 as d,
        unnest(case when $order > 3 then channels[5:] end) + 1 as e
    from journey.path
    where len(channels) > $order
),

moves as (
    select
        bucket,
        journeys,
        case $order
            when 1 then a
            when 2 then a * $base + b
            when 3 then (a * $base + b) * $base + c
            else ((a * $base + b) * $base + c) * cast($base as bigint) + d
        end as from_state,
        case $order
            when 1 then b
            when 2 then b * $base + c
            when 3 then (b * $base + c) * $base + d
            else ((b * $base + c) * $base + d) * cast($base as bigint) + e
        end as to_state
    from windows
)

select
    cast(bucket as double) as bucket,
    cast(from_state as double) as from_state,
    cast(to_state as double) as to_state,
    cast(sum(journeys) as double) as weight
from moves
where to_state is not null
    and from_state <> to_state
group by bucket, from_state, to_state
order by bucket, from_state, to_state
