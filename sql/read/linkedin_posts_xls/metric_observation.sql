-- What LinkedIn counted on each post of a page, to the time of the export. Clicks are all clicks, not only those on a link.
-- grain:  one row per post and metric
-- key:    platform, entity_id, metric
-- params: $decimal_mark
with

measured as (
    select
        line_no,
        linkedin_post_id(link) as post_id,
        unnest([
            measure('impressions', count_text(impressions), 'linkedin_impressions'),
            measure('views', count_sum_text([count_text(views), count_text(offsite_views)]), 'linkedin_views_and_offsite_views'),
            measure('link_clicks', count_text(clicks), 'linkedin_clicks_all'),
            measure('reactions', count_text(likes), 'linkedin_likes'),
            measure('comments', count_text(comments), 'linkedin_comments'),
            measure('shares', count_text(reposts), 'linkedin_reposts'),
            measure('follows', count_text(follows), 'linkedin_follows'),
            measure('engagement_rate_reported', number_text(engagement_rate, $decimal_mark), 'linkedin_engagement_rate')
        ]) as measure
    from input
)

select
    line_no,
    'linkedin' as platform,
    'post' as entity_type,
    post_id as entity_id,
    measure.metric as metric,
    'lifetime' as grain,
    '' as breakdown,
    measure.value as value,
    metric_unit(measure.metric) as unit,
    metric_additivity(measure.metric) as additivity,
    measure.definition as definition_version
from measured
where measure.value is not null
