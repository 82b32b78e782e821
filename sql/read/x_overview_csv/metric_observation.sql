-- An X account by day, with what it lost: unfollows.
-- grain:  one row per day and metric
-- key:    platform, account_id, metric, from_date
-- params: $account, $time_zone, $date_order
with

measured as (
    select
        line_no,
        social_day_text(date, $date_order) as day,
        unnest([
            measure('impressions', count_text(impressions), 'x_impressions'),
            measure('views', coalesce(count_text(video_views), count_text(media_views)), 'x_media_views'),
            measure('reactions', count_text(likes), 'x_likes'),
            measure('comments', count_text(replies), 'x_replies'),
            measure('shares', count_sum_text([count_text(reposts), count_text(shares)]), 'x_reposts_and_shares'),
            measure('saves', count_text(bookmarks), 'x_bookmarks'),
            measure('follows', count_text(follows), 'x_new_follows'),
            measure('unfollows', count_text(unfollows), 'x_unfollows'),
            measure('profile_visits', count_text(profile_visits), 'x_profile_visits'),
            measure('engagements_reported', count_text(engagements), 'x_engagements')
        ]) as measure
    from input
)

select
    line_no,
    'x' as platform,
    coalesce($account, 'x') as account_id,
    'account' as entity_type,
    coalesce($account, 'x') as entity_id,
    measure.metric as metric,
    'day' as grain,
    day as from_date,
    day as to_date,
    $time_zone as date_time_zone,
    '' as breakdown,
    measure.value as value,
    metric_unit(measure.metric) as unit,
    metric_additivity(measure.metric) as additivity,
    measure.definition as definition_version
from measured
where measure.value is not null
