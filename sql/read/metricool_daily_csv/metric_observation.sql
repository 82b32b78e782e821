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
            measure('followers', count_text(followers), 'metricool_followers'),
            measure('follows', count_text(follows), 'metricool_gained_followers'),
            measure('unfollows', ltrim(count_text(unfollows), '-'), 'metricool_lost_followers'),
            measure('impressions', count_text(impressions), 'metricool_impressions'),
            measure('views', count_text(views), 'metricool_views'),
            measure('reach', count_text(reach), 'metricool_reach'),
            measure('engagements_reported', count_text(interactions), 'metricool_interactions')
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
    measure.value as value,
    metric_unit(measure.metric) as unit,
    metric_additivity(measure.metric) as additivity,
    measure.definition as definition_version
from measured
where measure.value is not null
