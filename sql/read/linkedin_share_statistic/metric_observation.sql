-- What each LinkedIn post had gathered by the time of the sync: snapshots, several per post.
-- grain:  one row per post, sync and metric
-- key:    platform, entity_id, metric, observed_at
-- params: $decimal_mark
with

measured as (
    select
        line_no,
        linkedin_post_id(post_urn) as post_id,
        social_instant_text(synced, null, 'UTC') as observed_at,
        unnest([
            count_of('impressions', impression_count, 'linkedin_impression_count'),
            count_of('link_clicks', click_count, 'linkedin_click_count_all'),
            count_of('reactions', like_count, 'linkedin_like_count'),
            count_of('comments', comment_count, 'linkedin_comment_count'),
            count_of('shares', share_count, 'linkedin_share_count'),
            -- a share of impressions, above 1 when a post was seen less often than it was engaged with
            measure('engagement_rate_reported', number_text(engagement, coalesce($decimal_mark, '.')), 'linkedin_engagement')
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
    measure.definition as definition_version,
    observed_at
from measured
where cell(measure.value) is not null
