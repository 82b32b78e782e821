-- What Twitter counted on each tweet to the time of the export. Promoted numbers stand apart and are `-` where there were none.
-- grain:  one row per tweet and metric
-- key:    platform, entity_id, metric
with

measured as (
    select
        line_no,
        x_post_id(id, link) as post_id,
        unnest([
            count_of('impressions', impressions, 'x_impressions_organic'),
            count_of('impressions_paid', promoted_impressions, 'x_promoted_impressions'),
            count_of('views', media_views, 'x_media_views'),
            count_of('reactions', likes, 'x_likes'),
            count_of('comments', replies, 'x_replies'),
            count_of('shares', retweets, 'x_retweets'),
            count_of('link_clicks', url_clicks, 'x_url_clicks'),
            count_of('follows', follows, 'x_follows'),
            count_of('profile_visits', user_profile_clicks, 'x_user_profile_clicks'),
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
