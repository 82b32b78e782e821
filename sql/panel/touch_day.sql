-- Eligible visits and clicks, by source, geo, channel, campaign and day.
-- grain:  one row per source, geo, channel, campaign and day with a touch
-- key:    source_id, geo, channel, campaign_id, day
-- params: $reporting_time_zone (varchar, IANA)
with

-- a quarter of an hour lies in one day of every zone, and there are few of them: zones are slow
days as (
    select
        quarter,
        cast(timezone($reporting_time_zone, make_timestamptz(quarter * 900000000)) as date) as day
    from (
        select distinct epoch_us(touched_at) // 900000000 as quarter
        from staging.touch
        where touched_at is not null
    )
),

summed as (
    select
        touch.source_id,
        touch.country,
        touch.region,
        touch.channel,
        touch.campaign_id,
        days.day,
        count(*) as touches
    from staging.touch as touch
    inner join days
        on days.quarter = epoch_us(touch.touched_at) // 900000000
    where touch.is_eligible
    group by all
)

select
    coalesce(summed.source_id, '') as source_id,
    place.geo,
    summed.channel,
    coalesce(summed.campaign_id, '(none)') as campaign_id,
    summed.day,
    cast(sum(summed.touches) as bigint) as touches
from summed
inner join panel.place as place
    on place.country = coalesce(summed.country, '')
    and place.region = coalesce(summed.region, '')
group by coalesce(summed.source_id, ''), place.geo, summed.channel, coalesce(summed.campaign_id, '(none)'), summed.day
