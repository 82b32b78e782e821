-- Engagement, and negative engagement by its polarity, from the one teller per platform that dates it best: counters of the account by
-- day, else single events, else counters of posts; one that tells less than half of what another does is passed over.
-- Negative are anger, hides and reports, unfollows, and events of negative polarity or stance.
-- grain:  one row per platform, polarity, teller, campaign, geo and day
-- key:    platform, polarity, teller, campaign_id, geo, day
-- units:  engagements are counts, corrections by the platform may make a day negative; campaign_id is (none) where the teller knows no post;
--         is_chosen marks the teller that brand totals add up, is_chosen_by_post the one that campaigns add up (accounts know no posts)
-- params: $reporting_time_zone (varchar, IANA)
with

-- the total of a day where it is told, else its parts
account_days as (
    select
        *,
        bool_or(coalesce(breakdown, '') = '') over (partition by platform, account_id, entity_id, metric, from_date) as has_total
    from staging.metric_current
    where entity_type = 'account'
        and grain = 'day'
        and additivity = 'additive'
        and from_date is not null
        and metric in ('reactions', 'comments', 'shares', 'saves', 'reactions_anger', 'negative', 'unfollows')
),

account_parts as (
    select
        platform,
        metric,
        country,
        region,
        from_date as day,
        value,
        observed_at
    from account_days
    where coalesce(breakdown, '') = ''
        or not has_total
),

retracted as (
    select platform, retracts_engagement_id as engagement_id
    from staging.engagement_event
    where retracts_engagement_id is not null
),

events as (
    select
        event.platform,
        event.post_id,
        event.country,
        event.region,
        event.observed_at,
        cast(timezone($reporting_time_zone, event.occurred_at) as date) as day,
        coalesce(event.polarity < 0, false) or coalesce(event.stance = 'negative', false) as is_negative,
        coalesce(event.polarity, 1) > 0 as is_positive
    from staging.engagement_event as event
    anti join retracted
        on retracted.platform = event.platform
        and retracted.engagement_id = event.engagement_id
    where event.retracts_engagement_id is null
        and event.occurred_at is not null
),

-- when a platform's posts were last looked at
observed as (
    select platform, max(observed_at) as observed_at
    from staging.metric_current
    where entity_type in ('post', 'video')
    group by platform
),

told as (
    select
        platform,
        1 as polarity,
        'account' as teller,
        cast(null as varchar) as post_id,
        country,
        region,
        day,
        -- an angry reaction is among the reactions
        case when metric = 'reactions_anger' then -value else value end as value,
        observed_at
    from account_parts
    where metric in ('reactions', 'comments', 'shares', 'saves')
        or (metric = 'reactions_anger' and platform in (select platform from account_parts where metric = 'reactions'))
    union all
    select platform, -1, 'account', null, country, region, day, value, observed_at
    from account_parts
    where metric in ('reactions_anger', 'negative', 'unfollows')
    union all
    select platform, case when is_negative then -1 else 1 end, 'event', post_id, country, region, day, cast(1 as decimal(24, 6)), observed_at
    from events
    where is_negative
        or is_positive
    union all
    select
        daily.platform,
        case when daily.metric = 'negative' then -1 else 1 end,
        'post',
        daily.post_id,
        null,
        null,
        daily.metric_date,
        daily.value,
        observed.observed_at
    from staging.metric_daily as daily
    left join observed
        on observed.platform = daily.platform
    where daily.metric in ('reactions', 'comments', 'shares', 'saves', 'negative')
),

totals as (
    select
        platform,
        polarity,
        teller,
        sum(value) as total,
        case teller when 'account' then 1 when 'event' then 2 else 3 end as preference
    from told
    group by platform, polarity, teller
),

most as (
    select platform, polarity, max(total) as total
    from totals
    group by platform, polarity
),

chosen as (
    select totals.platform, totals.polarity, min_by(totals.teller, totals.preference) as teller
    from totals
    inner join most
        on most.platform = totals.platform
        and most.polarity = totals.polarity
    where 2 * totals.total >= most.total
    group by totals.platform, totals.polarity
),

chosen_by_post as (
    select platform, polarity, min_by(teller, preference) as teller
    from totals
    where teller <> 'account'
    group by platform, polarity
)

select
    told.platform,
    told.polarity,
    told.teller,
    coalesce(post.campaign_id, '(none)') as campaign_id,
    place.geo,
    told.day,
    cast(sum(told.value) as decimal(28, 6)) as engagements,
    max(told.observed_at) as observed_at,
    bool_or(chosen.teller is not null) as is_chosen,
    bool_or(chosen_by_post.teller is not null) as is_chosen_by_post
from told
inner join panel.place as place
    on place.country = coalesce(told.country, '')
    and place.region = coalesce(told.region, '')
left join staging.post_key as post
    on post.platform = told.platform
    and post.content = told.post_id
left join chosen
    on chosen.platform = told.platform
    and chosen.polarity = told.polarity
    and chosen.teller = told.teller
left join chosen_by_post
    on chosen_by_post.platform = told.platform
    and chosen_by_post.polarity = told.polarity
    and chosen_by_post.teller = told.teller
group by told.platform, told.polarity, told.teller, coalesce(post.campaign_id, '(none)'), place.geo, told.day
