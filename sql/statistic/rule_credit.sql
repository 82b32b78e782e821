-- Credit under every rule model, summed by bucket of persons. Journeys without a step are not here.
-- grain:  one row per bucket and channel
-- key:    bucket, channel_no
-- units:  credit in billionths of a conversion; minor in minor units, net of refunds
with

credited as (
    select journey.bucket, channel.channel_no, amount.*
    from attribution.amount as amount
    inner join journey.journey as journey
        on journey.conversion_id = amount.conversion_id
    inner join journey.step as step
        on step.conversion_id = amount.conversion_id
        and step.step = amount.step
    inner join rules.channel as channel
        on channel.channel = step.channel
)

select
    cast(bucket as double) as bucket,
    cast(channel_no as double) as channel_no,
    cast(sum(first_touch_credit) as double) as first_touch_credit,
    cast(sum(first_touch_minor) as double) as first_touch_minor,
    cast(sum(last_touch_credit) as double) as last_touch_credit,
    cast(sum(last_touch_minor) as double) as last_touch_minor,
    cast(sum(last_non_direct_credit) as double) as last_non_direct_credit,
    cast(sum(last_non_direct_minor) as double) as last_non_direct_minor,
    cast(sum(linear_credit) as double) as linear_credit,
    cast(sum(linear_minor) as double) as linear_minor,
    cast(sum(position_based_credit) as double) as position_based_credit,
    cast(sum(position_based_minor) as double) as position_based_minor,
    cast(sum(time_decay_credit) as double) as time_decay_credit,
    cast(sum(time_decay_minor) as double) as time_decay_minor
from credited
group by bucket, channel_no
order by bucket, channel_no
