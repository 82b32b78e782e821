-- What Twitter counted on each tweet to the time of the export. Promoted numbers stand apart and are `-` where there were none.
-- grain:  one row per tweet and metric
-- key:    platform, entity_id, metric
with

measured as (
    select
        line_no,
        x_post_id(id, link) as post_id,
        unnest([
            measure('impressions', count_text(impressions), 'x_impressions_organic'),
            measure('impressions_paid', count_text(promoted_impressions), 'x_promoted_impressions'),
            measure('views', count_text(media_views), 'x_media_views'),
            measure('reactions', count_text(likes), 'x_likes'),
            measure('comments', count_text(replies), 'x_replies'),
            measure('shares', count_text(retweets), 'x_retweets'),
            measure('link_clicks', count_text(url_clicks), 'x_url_clicks'),
            measure('follows', count_text(follows), 'x_follows'),
            measure('profile_visits', count_text(user_profile_clicks), 'x_user_profile_clicks'),
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
