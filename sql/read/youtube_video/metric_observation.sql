-- What each video had gathered by the time of the sync.
-- grain:  one row per video, sync and metric
-- key:    platform, entity_id, metric, observed_at
with

measured as (
    select
        line_no,
        youtube_video_id(id) as video_id,
        social_instant_text(synced, null, 'UTC') as observed_at,
        unnest([
            count_of('views', statistics_view_count, 'youtube_view_count'),
            count_of('reactions', statistics_like_count, 'youtube_like_count'),
            count_of('negative', statistics_dislike_count, 'youtube_dislike_count'),
            count_of('comments', statistics_comment_count, 'youtube_comment_count')
        ]) as measure
    from input
)

select
    line_no,
    'youtube' as platform,
    'video' as entity_type,
    video_id as entity_id,
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
