-- Ads and campaigns as the platform names them.
-- grain:  one row per platform, level, entity_id
-- key:    platform, level, entity_id
with

observed as (
    select
        platform,
        level,
        entity_id,
        account_id,
        campaign_native_id,
        campaign_name,
        landing_query,
        source_id,
        try_cast(observed_at as timestamptz) as observed_at,
        row_number() over (
            partition by platform, level, entity_id
            order by try_cast(observed_at as timestamptz) desc nulls last, batch_id desc, line_no desc
        ) as recency
    from raw.ad_entity
)

select
    platform,
    level,
    entity_id,
    account_id,
    campaign_native_id,
    campaign_name,
    landing_query,
    source_id,
    observed_at
from observed
where recency = 1
