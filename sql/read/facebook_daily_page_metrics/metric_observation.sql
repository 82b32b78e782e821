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
            measure('impressions', count_text(page_posts_impressions), 'page_posts_impressions'),
            measure('impressions_organic', count_text(page_posts_impressions_organic), 'page_posts_impressions_organic'),
            measure('impressions_paid', count_text(page_posts_impressions_paid), 'page_posts_impressions_paid'),
            measure('views', count_text(page_media_view), 'page_media_view'),
            measure('reach', coalesce(count_text(page_total_media_view_unique), count_text(page_media_view_unique)), 'page_media_view_unique'),
            measure('reactions', coalesce(count_text(page_actions_post_reactions_total), count_sum_text([
                count_text(page_actions_post_reactions_like_total), count_text(page_actions_post_reactions_love_total),
                count_text(page_actions_post_reactions_wow_total), count_text(page_actions_post_reactions_haha_total),
                count_text(page_actions_post_reactions_sorry_total), count_text(page_actions_post_reactions_anger_total)
            ])), 'page_actions_post_reactions_total'),
            measure('reactions_like', count_text(page_actions_post_reactions_like_total), 'page_actions_post_reactions_like_total'),
            measure('reactions_love', count_text(page_actions_post_reactions_love_total), 'page_actions_post_reactions_love_total'),
            measure('reactions_wow', count_text(page_actions_post_reactions_wow_total), 'page_actions_post_reactions_wow_total'),
            measure('reactions_haha', count_text(page_actions_post_reactions_haha_total), 'page_actions_post_reactions_haha_total'),
            measure('reactions_sorry', count_text(page_actions_post_reactions_sorry_total), 'page_actions_post_reactions_sorry_total'),
            measure('reactions_anger', count_text(page_actions_post_reactions_anger_total), 'page_actions_post_reactions_anger_total'),
            measure('follows', coalesce(count_text(page_daily_follows), count_text(page_fan_adds)), 'page_fan_adds'),
            measure('unfollows', coalesce(count_text(page_daily_unfollows), count_text(page_fan_removes)), 'page_fan_removes'),
            measure('followers', coalesce(count_text(page_follows), count_text(page_fans)), 'page_fans'),
            measure('negative', count_text(page_negative_feedback), 'page_negative_feedback'),
            measure('profile_visits', count_text(page_views_total), 'page_views_total'),
            measure('video_views', count_text(page_video_views), 'page_video_views'),
            -- milliseconds
            measure('watch_seconds', scaled_text(number_text(page_video_view_time, $decimal_mark), 0.001), 'page_video_view_time'),
            measure('engagements_reported', count_text(page_post_engagements), 'page_post_engagements')
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
    measure.value as value,
    metric_unit(measure.metric) as unit,
    metric_additivity(measure.metric) as additivity,
    measure.definition as definition_version,
    observed_at
from measured
where measure.value is not null
