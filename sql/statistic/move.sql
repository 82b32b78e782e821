-- What follows the last three touches of a journey, by fold of persons: what the order of the Markov chain is chosen by. Touches
-- before the first are 0; the event after the last touch is $base where the journey converts, $base + 1 where it does not.
-- grain:  one row per fold, last three touches and event
-- key:    fold, third_last, second_last, last, event
-- units:  journeys in moves; channels as their number plus 1
-- params: $folds (integer, divides 1000), $base (integer: channels + 1)
with

journeys as (
    select
        bucket % $folds as fold,
        list_transform(channels, c -> c + 1) as digits,
        case when is_converted then $base else $base + 1 end as outcome,
        journeys
    from journey.path
),

moves as (
    select
        fold,
        journeys,
        unnest(list_append(digits, outcome)) as event,
        unnest(list_prepend(0, digits)) as last,
        unnest([0, 0] || digits) as second_last,
        unnest([0, 0, 0] || digits) as third_last
    from journeys
)

select
    cast(fold as double) as fold,
    cast(third_last as double) as third_last,
    cast(second_last as double) as second_last,
    cast(last as double) as last,
    cast(event as double) as event,
    cast(sum(journeys) as double) as journeys
from moves
where event is not null
group by fold, third_last, second_last, last, event
order by fold, third_last, second_last, last, event
