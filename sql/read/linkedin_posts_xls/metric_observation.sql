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
            count_of('impressions', impressions, 'linkedin_impressions'),
            measure('views', count_sum_text([count_text(views), count_text(offsite_views)]), 'linkedin_views_and_offsite_views'),
            count_of('link_clicks', clicks, 'linkedin_clicks_all'),
            count_of('reactions', likes, 'linkedin_likes'),
            count_of('comments', comments, 'linkedin_comments'),
            count_of('shares', reposts, 'linkedin_reposts'),
            count_of('follows', follows, 'linkedin_follows'),
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
    measured_text(measure) as value,
    metric_unit(measure.metric) as unit,
    metric_additivity(measure.metric) as additivity,
    measure.definition as definition_version
from measured
where cell(measure.value) is not null
