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
            measure('views', count_text(views), 'youtube_views'),
            measure('impressions', count_text(impressions), 'youtube_impressions'),
            measure('click_through_rate', scaled_text(number_text(click_through_rate, $decimal_mark), 0.01), 'youtube_impressions_ctr'),
            measure('watch_seconds', scaled_text(number_text(watch_hours, $decimal_mark), 3600), 'youtube_watch_time'),
            case
                when cell(subscribers_gained) is not null then measure('follows', count_text(subscribers_gained), 'youtube_subscribers_gained')
                else measure('follows', count_text(subscribers), 'youtube_subscribers_net')
            end,
            measure('unfollows', count_text(subscribers_lost), 'youtube_subscribers_lost'),
            measure('reactions', count_text(likes), 'youtube_likes'),
            measure('negative', count_text(dislikes), 'youtube_dislikes'),
            measure('comments', count_text(comments), 'youtube_comments_added'),
            measure('shares', count_text(shares), 'youtube_shares')
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
    measure.value as value,
    metric_unit(measure.metric) as unit,
    metric_additivity(measure.metric) as additivity,
    measure.definition as definition_version
from measured
where measure.value is not null
