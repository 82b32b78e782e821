-- First and last states of journeys, for the chain of sql/statistic/transition.sql. A journey of no more than `order` touches is one
-- state; one without a touch is in state 0.
-- grain:  one row per bucket, end of the journey and state
-- key:    bucket, is_start, state
-- units:  conversions and non_conversions in journeys; revenue in minor units, net of refunds
-- params: $order (integer, >= 1), $base (integer: channels + 1), $buckets (integer, divides 1000)
with

journeys as (
    select
        bucket % $buckets as bucket,
        list_prepend(cast(0 as bigint), list_transform(channels[1:$order], c -> cast(c + 1 as bigint))) as first_digits,
        list_prepend(cast(0 as bigint), list_transform(channels[greatest(len(channels) - $order + 1, 1):], c -> cast(c + 1 as bigint))) as last_digits,
        is_converted,
        journeys,
        net_minor
    from journey.path
),

states as (
    select
        bucket,
        list_reduce(first_digits, (code, digit) -> code * $base + digit) as first_state,
        list_reduce(last_digits, (code, digit) -> code * $base + digit) as last_state,
        is_converted,
        journeys,
        net_minor
    from journeys
),

counted as (
    select
        bucket,
        first_state,
        last_state,
        sum(case when is_converted then journeys else 0 end) as conversions,
        sum(case when is_converted then 0 else journeys end) as non_conversions,
        sum(net_minor) as revenue
    from states
    group by bucket, first_state, last_state
),

ends as (
    select 1 as is_start, bucket, first_state as state, conversions, non_conversions, revenue from counted
    union all
    select 0 as is_start, bucket, last_state as state, conversions, non_conversions, revenue from counted
)

select
    cast(is_start as double) as is_start,
    cast(bucket as double) as bucket,
    cast(state as double) as state,
    cast(sum(conversions) as double) as conversions,
    cast(sum(non_conversions) as double) as non_conversions,
    cast(sum(revenue) as double) as revenue
from ends
group by all
order by is_start, bucket, state
