-- What a scheduler counted on each post to the time of the export. The platform's own numbers have the same key: the newest wins.
-- grain:  one row per post and metric
-- key:    platform, entity_id, metric
with

measured as (
    select
        line_no,
        platform,
        post_id,
        unnest([
            count_of('impressions', impressions, scheduler || '_impressions'),
            count_of('reach', reach, scheduler || '_reach'),
            count_of('reactions', likes, scheduler || '_reactions'),
            count_of('comments', comments, scheduler || '_comments'),
            count_of('shares', shares, scheduler || '_shares'),
            count_of('saves', saves, scheduler || '_saves'),
            count_of('video_views', video_views, scheduler || '_video_views'),
            count_of('link_clicks', link_clicks, scheduler || '_link_clicks'),
            count_of('engagements_reported', engagement, scheduler || '_engagements')
        ]) as measure
    from file_post
    where reject_reason is null
)

select
    line_no,
    platform,
    case when platform = 'youtube' then 'video' else 'post' end as entity_type,
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
