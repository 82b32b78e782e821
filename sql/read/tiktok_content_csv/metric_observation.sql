-- What TikTok counted on each video to the time of the export.
-- grain:  one row per video and metric
-- key:    platform, entity_id, metric
-- params: $decimal_mark
with

measured as (
    select
        line_no,
        tiktok_post_id(link) as post_id,
        unnest([
            measure('views', count_text(views), 'tiktok_total_views'),
            measure('reach', count_text(reached_audience), 'tiktok_reached_audience'),
            measure('reactions', count_text(likes), 'tiktok_total_likes'),
            measure('comments', count_text(comments), 'tiktok_total_comments'),
            measure('shares', count_text(shares), 'tiktok_total_shares'),
            measure('saves', count_text(favorites), 'tiktok_favorites'),
            measure('follows', count_text(new_followers), 'tiktok_new_followers'),
            measure('watch_seconds', number_text(play_time, $decimal_mark), 'tiktok_total_play_time')
        ]) as measure
    from input
)

select
    line_no,
    'tiktok' as platform,
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
