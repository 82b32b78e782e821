-- How a campaign is recognised: what the configuration declares, and the ads that a platform files under a declared campaign.
-- grain:  one row per campaign, kind of match, platform and value
-- key:    campaign_id, match_type, platform, value, valid_from_date
with

declared as (
    select campaign_id, match_type, platform, value, priority, valid_from_date, valid_to_date
    from rules.campaign_map
),

-- the platform's own hierarchy: an ad belongs to the campaign that it is filed under
filed as (
    select
        declared.campaign_id,
        'platform_id' as match_type,
        ad_entity.platform,
        ad_entity.entity_id as value,
        declared.priority,
        declared.valid_from_date,
        declared.valid_to_date
    from declared
    inner join staging.ad_entity as ad_entity
        on declared.match_type = 'platform_id'
        and ad_entity.campaign_native_id = declared.value
        and (covers_platform(declared.platform, ad_entity.platform) or covers_platform(ad_entity.platform, declared.platform))
    where ad_entity.entity_id <> declared.value
)

select distinct
    campaign_id,
    match_type,
    platform,
    value,
    priority,
    valid_from_date,
    valid_to_date,
    case match_type
        when 'platform_id' then 1
        when 'utm_id' then 2
        when 'post_id' then 3
        when 'utm_campaign' then 4
        when 'discount_code' then 5
        else 6
    end as rank
from (select * from declared union all select * from filed)
