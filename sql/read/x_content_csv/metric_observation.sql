-- What X counted on each post to the time of the export.
-- grain:  one row per post and metric
-- key:    platform, entity_id, metric
with

measured as (
    select
        line_no,
        x_post_id(id, link) as post_id,
        unnest([
            count_of('impressions', impressions, 'x_impressions'),
            count_of('views', coalesce(cell(video_views), cell(media_views)), 'x_media_views'),
            count_of('reactions', likes, 'x_likes'),
            count_of('comments', replies, 'x_replies'),
            -- reposts are public, shares are copied links and messages
            measure('shares', count_sum_text([count_text(reposts), count_text(shares)]), 'x_reposts_and_shares'),
            count_of('saves', bookmarks, 'x_bookmarks'),
            count_of('link_clicks', url_clicks, 'x_url_clicks'),
            count_of('follows', follows, 'x_new_follows'),
            count_of('profile_visits', profile_visits, 'x_profile_visits'),
            count_of('engagements_reported', engagements, 'x_engagements')
        ]) as measure
    from input
)

select
    line_no,
    'x' as platform,
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
