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
            count_of('views', views, 'tiktok_total_views'),
            count_of('reach', reached_audience, 'tiktok_reached_audience'),
            count_of('reactions', likes, 'tiktok_total_likes'),
            count_of('comments', comments, 'tiktok_total_comments'),
            count_of('shares', shares, 'tiktok_total_shares'),
            count_of('saves', favorites, 'tiktok_favorites'),
            count_of('follows', new_followers, 'tiktok_new_followers'),
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
    measured_text(measure) as value,
    metric_unit(measure.metric) as unit,
    metric_additivity(measure.metric) as additivity,
    measure.definition as definition_version
from measured
where cell(measure.value) is not null
