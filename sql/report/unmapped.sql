-- utm_campaign values that belong to no campaign, with the campaign whose name is nearest. Nothing is mapped silently.
-- grain:  one row per source and utm_campaign
-- key:    source, campaign
with

seen as (
    select
        coalesce(source, '(none)') as source,
        campaign,
        count(*) as touches
    from staging.touch
    where campaign is not null
        and campaign_id is null
    group by 1, 2
),

candidates as (
    select
        seen.source,
        seen.campaign,
        seen.touches,
        listed.campaign_id,
        jaro_winkler_similarity(seen.campaign, listed.value) as similarity
    from seen
    left join staging.campaign_match as listed
        on listed.match_type = 'utm_campaign'
        and jaro_winkler_similarity(seen.campaign, listed.value) >= 0.85
)

select
    source,
    campaign,
    max(touches) as touches,
    arg_max(campaign_id, (similarity, campaign_id)) as suggested_campaign_id,
    round(max(similarity), 3) as similarity
from candidates
group by source, campaign
