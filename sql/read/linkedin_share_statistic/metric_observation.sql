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
            measure('impressions', count_text(impression_count), 'linkedin_impression_count'),
            measure('link_clicks', count_text(click_count), 'linkedin_click_count_all'),
            measure('reactions', count_text(like_count), 'linkedin_like_count'),
            measure('comments', count_text(comment_count), 'linkedin_comment_count'),
            measure('shares', count_text(share_count), 'linkedin_share_count'),
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
    measure.value as value,
    metric_unit(measure.metric) as unit,
    metric_additivity(measure.metric) as additivity,
    measure.definition as definition_version,
    observed_at
from measured
where measure.value is not null
