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
            count_of('impressions', impressions, 'x_impressions'),
            count_of('views', coalesce(cell(video_views), cell(media_views)), 'x_media_views'),
            count_of('reactions', likes, 'x_likes'),
            count_of('comments', replies, 'x_replies'),
            measure('shares', count_sum_text([count_text(reposts), count_text(shares)]), 'x_reposts_and_shares'),
            count_of('saves', bookmarks, 'x_bookmarks'),
            count_of('follows', follows, 'x_new_follows'),
            count_of('unfollows', unfollows, 'x_unfollows'),
            count_of('profile_visits', profile_visits, 'x_profile_visits'),
            count_of('engagements_reported', engagements, 'x_engagements')
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
    measured_text(measure) as value,
    metric_unit(measure.metric) as unit,
    metric_additivity(measure.metric) as additivity,
    measure.definition as definition_version
from measured
where cell(measure.value) is not null
