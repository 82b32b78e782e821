-- Spend by day, kept whole: with or without conversions, with or without a campaign.
-- grain:  one row per day, platform, channel and campaign
-- key:    report_date, platform, channel, campaign_id
-- units:  spend in the reporting currency, at the rate of its day
-- params: $minor_unit (double)
with

channels as (
    select
        *,
        spend_channel(platform) as channel
    from staging.spend_event
)

select
    spend_date as report_date,
    platform,
    channel,
    coalesce(campaign_id, '(untagged)') as campaign_id,
    cast(cast(sum(spend_minor) as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as spend,
    sum(impressions) as impressions,
    sum(clicks) as clicks,
    sum(conversions_platform) as conversions_platform
from channels
group by spend_date, platform, channel, coalesce(campaign_id, '(untagged)')
