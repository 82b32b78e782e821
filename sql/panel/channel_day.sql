-- Channels by day, complete: visits, engagement and spend; 0 where nothing happened, null where nothing is known (a gap, or not told of
-- this channel at all).
-- grain:  one row per channel and day
-- key:    channel, day
-- units:  counts; spend and claimed_revenue (what the platforms say that they sold) in the reporting currency
-- params: $minor_unit (double)
with

platforms as (
    select
        *,
        case
            when platform in ('youtube', 'vimeo') then 'Organic Video'
            when platform in ('mastodon', 'pixelfed', 'peertube', 'fediverse') then 'Fediverse'
            else 'Organic Social'
        end as channel
    from panel.engagement_day
    where is_chosen
),

touches as (
    select channel, day, sum(touches) as sessions
    from panel.touch_day
    group by channel, day
),

engagement as (
    select
        channel,
        day,
        sum(case when polarity > 0 then engagements else 0 end) as engagements,
        sum(case when polarity < 0 then engagements else 0 end) as negative_engagements
    from platforms
    group by channel, day
),

spend as (
    select
        channel,
        day,
        sum(spend_minor) as spend_minor,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        sum(claimed_revenue) as claimed_revenue
    from panel.spend_day
    group by channel, day
),

-- who tells of what: a channel is known on a day when all of its tellers were loaded
tellers as (
    select distinct channel, 'touches' as stream, source_id as source from panel.touch_day
    union
    select distinct channel, 'engagement', platform from platforms
    union
    select distinct channel, 'spend', platform || ':' || account_id from panel.spend_day
),

known as (
    select
        tellers.channel,
        source_day.day,
        bool_and(source_day.is_loaded) filter (where tellers.stream = 'touches') as has_touches,
        bool_and(source_day.is_loaded) filter (where tellers.stream = 'engagement') as has_engagement,
        bool_and(source_day.is_loaded) filter (where tellers.stream = 'spend') as has_spend
    from tellers
    inner join panel.source_day as source_day
        on source_day.stream = tellers.stream
        and source_day.source = tellers.source
    group by tellers.channel, source_day.day
)

select
    known.channel,
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
    on touches.channel = known.channel
    and touches.day = known.day
left join engagement
    on engagement.channel = known.channel
    and engagement.day = known.day
left join spend
    on spend.channel = known.channel
    and spend.day = known.day
