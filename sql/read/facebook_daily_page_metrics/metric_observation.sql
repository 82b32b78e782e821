-- A Facebook page by day. A row's time is the end of its day, midnight in California (07:00 or 08:00 UTC): it tells of the day before.
-- The old family (impressions) and the new one (views) are two metrics, never one.
-- grain:  one row per page, day and metric
-- key:    platform, account_id, metric, from_date, observed_at
-- params: $decimal_mark
with

measured as (
    select
        line_no,
        cell(page_id) as page_id,
        -- noon of the day that ended, whichever side of a clock change
        coalesce(cast(cast(timezone(
            'America/Los_Angeles', try_cast(social_instant_text(date, null, 'UTC') as timestamptz) - interval 12 hours
        ) as date) as varchar), date) as day,
        social_instant_text(synced, null, 'UTC') as observed_at,
        unnest([
            count_of('impressions', page_posts_impressions, 'page_posts_impressions'),
            count_of('impressions_organic', page_posts_impressions_organic, 'page_posts_impressions_organic'),
            count_of('impressions_paid', page_posts_impressions_paid, 'page_posts_impressions_paid'),
            count_of('views', page_media_view, 'page_media_view'),
            count_of('reach', coalesce(cell(page_total_media_view_unique), cell(page_media_view_unique)), 'page_media_view_unique'),
            measure('reactions', coalesce(count_text(page_actions_post_reactions_total), count_sum_text([
                count_text(page_actions_post_reactions_like_total), count_text(page_actions_post_reactions_love_total),
                count_text(page_actions_post_reactions_wow_total), count_text(page_actions_post_reactions_haha_total),
                count_text(page_actions_post_reactions_sorry_total), count_text(page_actions_post_reactions_anger_total)
            ])), 'page_actions_post_reactions_total'),
            count_of('reactions_like', page_actions_post_reactions_like_total, 'page_actions_post_reactions_like_total'),
            count_of('reactions_love', page_actions_post_reactions_love_total, 'page_actions_post_reactions_love_total'),
            count_of('reactions_wow', page_actions_post_reactions_wow_total, 'page_actions_post_reactions_wow_total'),
            count_of('reactions_haha', page_actions_post_reactions_haha_total, 'page_actions_post_reactions_haha_total'),
            count_of('reactions_sorry', page_actions_post_reactions_sorry_total, 'page_actions_post_reactions_sorry_total'),
            count_of('reactions_anger', page_actions_post_reactions_anger_total, 'page_actions_post_reactions_anger_total'),
            count_of('follows', coalesce(cell(page_daily_follows), cell(page_fan_adds)), 'page_fan_adds'),
            count_of('unfollows', coalesce(cell(page_daily_unfollows), cell(page_fan_removes)), 'page_fan_removes'),
            count_of('followers', coalesce(cell(page_follows), cell(page_fans)), 'page_fans'),
            count_of('negative', page_negative_feedback, 'page_negative_feedback'),
            count_of('profile_visits', page_views_total, 'page_views_total'),
            count_of('video_views', page_video_views, 'page_video_views'),
            -- milliseconds
            measure('watch_seconds', scaled_text(number_text(page_video_view_time, $decimal_mark), 0.001), 'page_video_view_time'),
            count_of('engagements_reported', page_post_engagements, 'page_post_engagements')
        ]) as measure
    from input
)

select
    line_no,
    'facebook' as platform,
    page_id as account_id,
    'account' as entity_type,
    page_id as entity_id,
    measure.metric as metric,
    'day' as grain,
    day as from_date,
    day as to_date,
    'America/Los_Angeles' as date_time_zone,
    '' as breakdown,
    measured_text(measure) as value,
    metric_unit(measure.metric) as unit,
    metric_additivity(measure.metric) as additivity,
    measure.definition as definition_version,
    observed_at
from measured
where cell(measure.value) is not null
