-- What may move sales, by day: spend and its delivery, engagement on posts, posts, mentions, and metrics of accounts (or of anything
-- else that was loaded as a metric by day: weather, prices).
-- grain:  one row per day, geo, stream, measure, platform, campaign and stance
-- key:    fact_date, geo, stream, measure, platform, campaign_id, stance
-- units:  geo as in place; spend in the reporting currency; engagements weighted by kind; the rest are counts as told. samples = values behind the sum
-- params: $reporting_time_zone (varchar, IANA), $minor_unit (double: value of one minor unit)
with

paid as (
    select
        event.spend_date as fact_date,
        place.geo,
        event.platform,
        event.campaign_id,
        event.spend_minor,
        event.impressions,
        event.clicks
    from staging.spend_event as event
    left join staging.spend_daily as daily
        on daily.platform = event.platform
        and coalesce(daily.account_id, '') = coalesce(event.account_id, '')
        and daily.level = event.level
        and daily.entity_id = event.entity_id
        and daily.spend_date = event.spend_date
        and coalesce(daily.breakdown, '') = coalesce(event.breakdown, '')
    inner join panel.place as place
        on place.country = coalesce(daily.country, '')
        and place.region = coalesce(daily.region, '')
),

posted as (
    select
        daily.metric_date as fact_date,
        daily.platform,
        daily.metric,
        post_key.campaign_id,
        -- what was taken back is dated when it was seen, not when it happened: it makes no negative week
        sum(daily.value) as value,
        count(*) as samples
    from staging.metric_daily as daily
    left join staging.post_key as post_key
        on post_key.platform = daily.platform
        and post_key.content = daily.post_id
    where daily.value > 0
    group by daily.metric_date, daily.platform, daily.metric, post_key.campaign_id
),

mentioned as (
    select
        cast(timezone($reporting_time_zone, event.occurred_at) as date) as fact_date,
        place.geo,
        event.platform,
        post_key.campaign_id,
        event.stance,
        event.polarity
    from staging.engagement_event as event
    inner join panel.place as place
        on place.country = coalesce(event.country, '')
        and place.region = coalesce(event.region, '')
    left join staging.post_key as post_key
        on post_key.platform = event.platform
        and post_key.content = event.post_id
    where event.retracts_engagement_id is null
        and not exists (
            select 1
            from staging.engagement_event as undo
            where undo.platform = event.platform
                and undo.retracts_engagement_id = event.engagement_id
        )
),

facts as (
    select
        fact_date, geo, 'spend' as stream, 'spend' as measure, platform, campaign_id, cast(null as varchar) as stance,
        cast(cast(sum(spend_minor) as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 6)) as value, count(*) as samples
    from paid
    group by fact_date, geo, platform, campaign_id
    union all
    select fact_date, geo, 'spend', 'impressions', platform, campaign_id, null, sum(impressions), count(impressions)
    from paid
    group by fact_date, geo, platform, campaign_id
    union all
    select fact_date, geo, 'spend', 'clicks', platform, campaign_id, null, sum(clicks), count(clicks)
    from paid
    group by fact_date, geo, platform, campaign_id
    union all
    select fact_date, '(unknown)', 'post', metric, platform, campaign_id, null, value, samples
    from posted
    union all
    select posted.fact_date, '(unknown)', 'post', 'engagements', posted.platform, posted.campaign_id, null, sum(posted.value * kind.weight), sum(posted.samples)
    from posted
    inner join rules.engagement_weight as kind
        on kind.engagement_kind = posted.metric
    where kind.weight > 0
    group by posted.fact_date, posted.platform, posted.campaign_id
    union all
    -- as studies count it: one teller per platform, whichever dates it best
    select
        day, geo, 'engagement', case when polarity > 0 then 'positive_engagements' else 'negative_engagements' end, platform,
        nullif(campaign_id, '(none)'), null, sum(engagements), count(*)
    from panel.engagement_day
    where is_chosen
        and engagements > 0
    group by day, geo, case when polarity > 0 then 'positive_engagements' else 'negative_engagements' end, platform, nullif(campaign_id, '(none)')
    union all
    select
        cast(timezone($reporting_time_zone, post.published_at) as date), '(unknown)', 'post', 'posts', post.platform, post_key.campaign_id, null, count(*), count(*)
    from staging.post as post
    left join staging.post_key as post_key
        on post_key.platform = post.platform
        and post_key.content = post.post_id
    where post.published_at is not null
        and not coalesce(post.is_paid, false)
    group by cast(timezone($reporting_time_zone, post.published_at) as date), post.platform, post_key.campaign_id
    union all
    select fact_date, geo, 'event', 'mentions', platform, campaign_id, stance, count(*), count(*)
    from mentioned
    group by fact_date, geo, platform, campaign_id, stance
    union all
    select
        fact_date, geo, 'event', case when polarity > 0 then 'positive_mentions' else 'negative_mentions' end, platform, campaign_id, stance,
        count(*), count(*)
    from mentioned
    where polarity <> 0
    group by fact_date, geo, case when polarity > 0 then 'positive_mentions' else 'negative_mentions' end, platform, campaign_id, stance
    union all
    select coalesce(current.from_date, current.to_date), place.geo, 'account', current.metric, current.platform, null, null, sum(current.value), count(*)
    from staging.metric_current as current
    inner join panel.place as place
        on place.country = coalesce(current.country, '')
        and place.region = coalesce(current.region, '')
    where current.grain = 'day'
        and current.entity_type not in ('post', 'video')
        and coalesce(current.breakdown, '') = ''
        and coalesce(current.from_date, current.to_date) is not null
    group by coalesce(current.from_date, current.to_date), place.geo, current.metric, current.platform
)

select
    fact_date,
    geo,
    stream,
    measure,
    platform,
    coalesce(campaign_id, '') as campaign_id,
    coalesce(stance, '') as stance,
    cast(value as decimal(28, 6)) as value,
    samples
from facts
where value is not null
