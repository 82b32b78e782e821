-- Campaigns and channels by day, complete: visits, engagement and spend; 0 where nothing happened, null where nothing is known (a gap, or
-- not told of this name at all). What belongs to no campaign is (none).
-- grain:  one row per kind of name (campaign or channel), name and day
-- key:    kind, name, day
-- units:  counts; spend and claimed_revenue (what the platforms say that they sold) in the reporting currency
-- params: $minor_unit (double)
with

visits as (
    select 'campaign' as kind, campaign_id as name, source_id as source, day, touches
    from panel.touch_day
    union all
    select 'channel', channel, source_id, day, touches
    from panel.touch_day
),

engaged as (
    select 'campaign' as kind, campaign_id as name, platform as source, day, polarity, engagements
    from panel.engagement_day
    where is_chosen_by_post
    union all
    select
        'channel',
        case
            when platform in ('youtube', 'vimeo') then 'Organic Video'
            when platform in ('mastodon', 'pixelfed', 'peertube', 'fediverse') then 'Fediverse'
            else 'Organic Social'
        end,
        platform,
        day,
        polarity,
        engagements
    from panel.engagement_day
    where is_chosen
),

spent as (
    select
        'campaign' as kind,
        campaign_id as name,
        platform || ':' || account_id as source,
        day,
        spend_minor,
        impressions,
        clicks,
        claimed_revenue
    from panel.spend_day
    union all
    select
        'channel',
        channel,
        platform || ':' || account_id,
        day,
        spend_minor,
        impressions,
        clicks,
        claimed_revenue
    from panel.spend_day
),

touches as (
    select kind, name, day, sum(touches) as sessions
    from visits
    group by kind, name, day
),

engagement as (
    select
        kind,
        name,
        day,
        sum(case when polarity > 0 then engagements else 0 end) as engagements,
        sum(case when polarity < 0 then engagements else 0 end) as negative_engagements
    from engaged
    group by kind, name, day
),

spend as (
    select
        kind,
        name,
        day,
        sum(spend_minor) as spend_minor,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        sum(claimed_revenue) as claimed_revenue
    from spent
    group by kind, name, day
),

-- who tells of what: a name is known on a day when all of its tellers were loaded
tellers as (
    select distinct kind, name, 'touches' as stream, source from visits
    union
    select distinct kind, name, 'engagement', source from engaged
    union
    select distinct kind, name, 'spend', source from spent
),

known as (
    select
        tellers.kind,
        tellers.name,
        source_day.day,
        bool_and(source_day.is_loaded) filter (where tellers.stream = 'touches') as has_touches,
        bool_and(source_day.is_loaded) filter (where tellers.stream = 'engagement') as has_engagement,
        bool_and(source_day.is_loaded) filter (where tellers.stream = 'spend') as has_spend
    from tellers
    inner join panel.source_day as source_day
        on source_day.stream = tellers.stream
        and source_day.source = tellers.source
    group by tellers.kind, tellers.name, source_day.day
)

select
    known.kind,
    known.name,
    known.day,
    case when known.has_touches then cast(coalesce(touches.sessions, 0) as bigint) end as sessions,
    case when known.has_engagement then cast(coalesce(engagement.engagements, 0) as decimal(28, 6)) end as engagements,
    case when known.has_engagement then cast(coalesce(engagement.negative_engagements, 0) as decimal(28, 6)) end as negative_engagements,
    case when known.has_spend then cast(cast(coalesce(spend.spend_minor, 0) as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) end as spend,
    case when known.has_spend then cast(coalesce(spend.impressions, 0) as decimal(28, 6)) end as impressions,
    case when known.has_spend then cast(coalesce(spend.clicks, 0) as decimal(28, 6)) end as clicks,
    case when known.has_spend then cast(coalesce(spend.claimed_revenue, 0) as decimal(28, 6)) end as claimed_revenue
from known
left join touches
    on touches.kind = known.kind
    and touches.name = known.name
    and touches.day = known.day
left join engagement
    on engagement.kind = known.kind
    and engagement.name = known.name
    and engagement.day = known.day
left join spend
    on spend.kind = known.kind
    and spend.name = known.name
    and spend.day = known.day
