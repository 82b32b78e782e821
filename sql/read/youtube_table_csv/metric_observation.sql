-- What YouTube Studio counted on each video over the period that was looked at. The file does not say which: a range without dates,
-- unless the source declares that it was all of a video's life.
-- Subscribers are those won less those lost through the video.
-- grain:  one row per video and metric
-- key:    platform, entity_id, metric, grain
-- params: $decimal_mark, $period
with

measured as (
    select
        line_no,
        youtube_video_id(id) as video_id,
        unnest([
            count_of('views', views, 'youtube_views'),
            count_of('impressions', impressions, 'youtube_impressions'),
            measure('click_through_rate', scaled_text(number_text(click_through_rate, $decimal_mark), 0.01), 'youtube_impressions_ctr'),
            measure('watch_seconds', scaled_text(number_text(watch_hours, $decimal_mark), 3600), 'youtube_watch_time'),
            case
                when cell(subscribers_gained) is not null then count_of('follows', subscribers_gained, 'youtube_subscribers_gained')
                else count_of('follows', subscribers, 'youtube_subscribers_net')
            end,
            count_of('unfollows', subscribers_lost, 'youtube_subscribers_lost'),
            count_of('reactions', likes, 'youtube_likes'),
            count_of('negative', dislikes, 'youtube_dislikes'),
            count_of('comments', comments, 'youtube_comments_added'),
            count_of('shares', shares, 'youtube_shares')
        ]) as measure
    from input
    where cell(video_title) is not null or cell(publish_time) is not null
)

select
    line_no,
    'youtube' as platform,
    'video' as entity_type,
    video_id as entity_id,
    measure.metric as metric,
    coalesce($period, 'range') as grain,
    '' as breakdown,
    measured_text(measure) as value,
    metric_unit(measure.metric) as unit,
    metric_additivity(measure.metric) as additivity,
    measure.definition as definition_version
from measured
where cell(measure.value) is not null
