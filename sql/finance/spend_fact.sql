-- Spend in minor units, under the channel, platform and campaign that its touches carry.
-- grain:  one row per platform, channel, campaign, day and currency
-- key:    spend_date, platform, channel, campaign_id, currency
-- units:  spend_minor in the reporting currency at the rate of its day; orig_amount in `currency`
select
    spend_date,
    coalesce(roi_platform(spend_channel(platform), platform, null), '(none)') as platform,
    spend_channel(platform) as channel,
    coalesce(campaign_id, '(none)') as campaign_id,
    currency,
    cast(sum(spend_minor) as bigint) as spend_minor,
    cast(sum(spend) as decimal(28, 6)) as orig_amount,
    min(rate) as rate_lo,
    max(rate) as rate_hi,
    min(rate_date) as rate_from,
    max(rate_date) as rate_to,
    cast(sum(clicks) as decimal(28, 6)) as clicks,
    cast(sum(impressions) as decimal(28, 6)) as impressions
from staging.spend_event
group by all
