-- What was spent, by platform, account, channel, campaign, geo and day, at the rate of its day.
-- grain:  one row per platform, account, channel, campaign, geo and day with a row of spend
-- key:    platform, account_id, channel, campaign_id, geo, day
-- units:  spend in minor units of the reporting currency; claimed_revenue is what the platform says that it sold, in the reporting currency
with

parts as (
    select
        event.*,
        entity.country,
        entity.region,
        entity.observed_at,
        case
            when event.platform in ('google', 'bing', 'microsoft') then 'Paid Search'
            when event.platform in ('youtube') then 'Paid Video'
            else 'Paid Social'
        end as channel
    from staging.spend_event as event
    left join staging.spend_daily as entity
        on entity.platform = event.platform
        and entity.account_id is not distinct from event.account_id
        and entity.level = event.level
        and entity.entity_id = event.entity_id
        and entity.spend_date = event.spend_date
        and entity.breakdown is not distinct from event.breakdown
)

select
    parts.platform,
    coalesce(parts.account_id, '') as account_id,
    parts.channel,
    coalesce(parts.campaign_id, '(none)') as campaign_id,
    place.geo,
    parts.spend_date as day,
    cast(sum(parts.spend_minor) as decimal(28, 0)) as spend_minor,
    cast(coalesce(sum(parts.impressions), 0) as decimal(28, 6)) as impressions,
    cast(coalesce(sum(parts.clicks), 0) as decimal(28, 6)) as clicks,
    cast(sum(cast(cast(parts.conversion_value_platform as decimal(20, 6)) * cast(parts.rate as decimal(18, 10)) as decimal(28, 6))) as decimal(28, 6)) as claimed_revenue,
    max(parts.observed_at) as observed_at
from parts
inner join panel.place as place
    on place.country = coalesce(parts.country, '')
    and place.region = coalesce(parts.region, '')
where parts.spend_date is not null
group by parts.platform, coalesce(parts.account_id, ''), parts.channel, coalesce(parts.campaign_id, '(none)'), place.geo, parts.spend_date
