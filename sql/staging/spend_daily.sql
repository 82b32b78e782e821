-- Spend per platform entity and day, newest observation.
-- grain:  one row per platform, account_id, level, entity_id, spend_date, breakdown
-- key:    platform, account_id, level, entity_id, spend_date, breakdown
-- units:  spend in the currency of the account
with

observed as (
    select
        platform,
        account_id,
        level,
        entity_id,
        campaign_native_id,
        campaign_name,
        try_cast(spend_date as date) as spend_date,
        date_time_zone,
        breakdown,
        currency,
        try_cast(spend as decimal(18, 6)) as spend,
        try_cast(impressions as decimal(24, 6)) as impressions,
        try_cast(clicks_all as decimal(24, 6)) as clicks_all,
        try_cast(clicks_link as decimal(24, 6)) as clicks_link,
        try_cast(conversions_platform as decimal(24, 6)) as conversions_platform,
        try_cast(conversion_value_platform as decimal(18, 6)) as conversion_value_platform,
        attribution_setting,
        country,
        region,
        source_id,
        try_cast(observed_at as timestamptz) as observed_at,
        row_number() over (
            partition by platform, coalesce(account_id, ''), level, entity_id, spend_date, coalesce(breakdown, '')
            order by try_cast(observed_at as timestamptz) desc nulls last, batch_id desc, line_no desc
        ) as recency
    from raw.spend_daily
)

select
    platform,
    account_id,
    level,
    entity_id,
    campaign_native_id,
    campaign_name,
    spend_date,
    date_time_zone,
    breakdown,
    currency,
    spend,
    impressions,
    clicks_all,
    clicks_link,
    conversions_platform,
    conversion_value_platform,
    attribution_setting,
    country,
    region,
    source_id,
    observed_at
from observed
where recency = 1
