-- An account by day as Metricool exports it. Followers lost are written with a minus; they are counted as unfollows.
-- grain:  one row per day and metric
-- key:    platform, account_id, metric, from_date
-- params: $platform, $account, $time_zone, $date_order
with

measured as (
    select
        line_no,
        social_day_text(date, $date_order) as day,
        unnest([
            count_of('followers', followers, 'metricool_followers'),
            count_of('follows', follows, 'metricool_gained_followers'),
            measure('unfollows', ltrim(count_text(unfollows), '-'), 'metricool_lost_followers'),
            count_of('impressions', impressions, 'metricool_impressions'),
            count_of('views', views, 'metricool_views'),
            count_of('reach', reach, 'metricool_reach'),
            count_of('engagements_reported', interactions, 'metricool_interactions')
        ]) as measure
    from input
)

select
    line_no,
    $platform as platform,
    coalesce($account, $platform) as account_id,
    'account' as entity_type,
    coalesce($account, $platform) as entity_id,
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
