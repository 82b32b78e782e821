-- Eligible visits and clicks, by source, geo, channel, campaign and day.
-- grain:  one row per source, geo, channel, campaign and day with a touch
-- key:    source_id, geo, channel, campaign_id, day
-- params: $reporting_time_zone (varchar, IANA)
with

-- a quarter of an hour lies in one day of every zone, and there are few of them: zones are slow
quarters as (
    select
        source_id,
        country,
        region,
        channel,
        campaign_id,
        epoch_us(touched_at) // 900000000 as quarter,
        count(*) as touches
    from staging.touch
    where is_eligible
        and touched_at is not null
    group by all
),

days as (
    select
        quarter,
        cast(timezone($reporting_time_zone, make_timestamptz(quarter * 900000000)) as date) as day
    from (select distinct quarter from quarters)
)

select
    coalesce(quarters.source_id, '') as source_id,
    place.geo,
    quarters.channel,
    coalesce(quarters.campaign_id, '(none)') as campaign_id,
    days.day,
    cast(sum(quarters.touches) as bigint) as touches
from quarters
inner join days
    on days.quarter = quarters.quarter
inner join panel.place as place
    on place.country = coalesce(quarters.country, '')
    and place.region = coalesce(quarters.region, '')
group by coalesce(quarters.source_id, ''), place.geo, quarters.channel, coalesce(quarters.campaign_id, '(none)'), days.day
