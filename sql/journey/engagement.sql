-- Weighted engagement on a campaign's posts, by day: what the campaign window shares credit by.
-- grain:  one row per campaign, platform, post, engagement kind and day
-- key:    campaign_id, platform, post_id, engagement_kind, engagement_date
-- units:  weight = engagements x declared weight of the kind
-- params: $reporting_time_zone (varchar, IANA)
with

counted as (
    select platform, post_id, metric as engagement_kind, metric_date as engagement_date, value as engagements
    from staging.metric_daily
    where value > 0
),

-- single events, where no counter of that kind is known for the post
events as (
    select
        event.platform,
        event.post_id,
        case event.kind
            when 'like' then 'reactions'
            when 'boost' then 'shares'
            when 'quote' then 'shares'
            when 'reply' then 'comments'
            when 'mention' then 'comments'
            when 'save' then 'saves'
            when 'click' then 'link_clicks'
            else event.kind
        end as engagement_kind,
        cast(timezone($reporting_time_zone, event.occurred_at) as date) as engagement_date,
        cast(count(*) as decimal(24, 6)) as engagements
    from staging.engagement_event as event
    where event.post_id is not null
        and coalesce(event.polarity, 1) > 0
        and event.retracts_engagement_id is null
        and not exists (
            select 1
            from staging.engagement_event as undo
            where undo.platform = event.platform
                and undo.retracts_engagement_id = event.engagement_id
        )
    group by all
),

engagements as (
    select * from counted
    union all
    select events.*
    from events
    anti join counted
        on counted.platform = events.platform
        and counted.post_id = events.post_id
        and counted.engagement_kind = events.engagement_kind
)

select
    post_key.campaign_id,
    engagements.platform,
    engagements.post_id,
    engagements.engagement_kind,
    engagements.engagement_date,
    cast(engagements.engagements * kind.weight as decimal(24, 6)) as weight
from engagements
inner join staging.post_key as post_key
    on post_key.platform = engagements.platform
    and post_key.content = engagements.post_id
inner join rules.engagement_weight as kind
    on kind.engagement_kind = engagements.engagement_kind
where post_key.campaign_id is not null
    and kind.weight > 0
