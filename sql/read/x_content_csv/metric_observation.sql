-- What X counted on each post to the time of the export.
-- grain:  one row per post and metric
-- key:    platform, entity_id, metric
with

measured as (
    select
        line_no,
        x_post_id(id, link) as post_id,
        unnest([
            measure('impressions', count_text(impressions), 'x_impressions'),
            measure('views', coalesce(count_text(video_views), count_text(media_views)), 'x_media_views'),
            measure('reactions', count_text(likes), 'x_likes'),
            measure('comments', count_text(replies), 'x_replies'),
            -- reposts are public, shares are copied links and messages
            measure('shares', count_sum_text([count_text(reposts), count_text(shares)]), 'x_reposts_and_shares'),
            measure('saves', count_text(bookmarks), 'x_bookmarks'),
            measure('link_clicks', count_text(url_clicks), 'x_url_clicks'),
            measure('follows', count_text(follows), 'x_new_follows'),
            measure('profile_visits', count_text(profile_visits), 'x_profile_visits'),
            measure('engagements_reported', count_text(engagements), 'x_engagements')
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
    measure.value as value,
    metric_unit(measure.metric) as unit,
    metric_additivity(measure.metric) as additivity,
    measure.definition as definition_version
from measured
where measure.value is not null
