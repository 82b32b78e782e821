-- Touches with their age, journey by journey, of the buckets of persons below $buckets: what learned decay is fitted to. Where a
-- journey did not convert, age counts to the end of its window or of the data, whichever is sooner.
-- grain:  one row per journey and touch; one row for a journey without a touch
-- key:    journey_no, touch_no
-- units:  age_days in days, >= 0; revenue in minor units, net of refunds
-- params: $buckets (integer, 1 to 1000), $click_days (double)
with

journeys as (
    select
        row_number() over (order by conversion_id, person_id, journey_no) as journey_no,
        bucket,
        is_converted,
        net_minor,
        channels,
        ages,
        case
            when is_converted then 0
            else least($click_days, (epoch_us(max(ended_at) over ()) - epoch_us(ended_at)) / 86400000000.0)
        end as waited
    from journey.journey
    where bucket < $buckets
),

touches as (
    select
        journey_no,
        bucket,
        is_converted,
        net_minor,
        waited,
        unnest(case when len(channels) = 0 then [-1] else list_transform(channels, c -> cast(c as integer)) end) as channel_no,
        unnest(case when len(channels) = 0 then [0] else ages end) / 86400000000.0 as age_days,
        unnest(range(greatest(len(channels), 1))) as touch_no
    from journeys
)

select
    cast(journey_no as double) as journey_no,
    cast(bucket as double) as bucket,
    cast(is_converted as double) as converted,
    cast(net_minor as double) as revenue,
    cast(channel_no as double) as channel_no,
    cast(age_days + waited as double) as age_days,
    cast(touch_no as double) as touch_no
from touches
order by journey_no, touch_no
