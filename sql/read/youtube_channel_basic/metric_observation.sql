-- A YouTube channel by day, video, country, and whether the viewer subscribes. The parts are disjoint: their sum is the number.
-- Rows without a video tell of the channel itself. Days are California's. `ZZ` is YouTube's word for an unknown country.
-- grain:  one row per day, video, country, status and metric
-- key:    platform, entity_id, metric, from_date, breakdown, observed_at
-- params: $decimal_mark
with

parts as (
    select
        line_no,
        nullif(replace(cell(video_id), '"', ''), '') as video_id,
        cell(channel_id) as channel_id,
        social_day_text(date, null) as day,
        cell(country_code) as country_code,
        concat_ws(
            ';',
            'country=' || cell(country_code),
            'live_or_on_demand=' || cell(live_or_on_demand),
            'subscribed_status=' || cell(subscribed_status)
        ) as breakdown,
        social_instant_text(synced, null, 'UTC') as observed_at,
        [
            count_of('views', views, 'youtube_views'),
            count_of('reactions', likes, 'youtube_likes'),
            count_of('negative', dislikes, 'youtube_dislikes'),
            count_of('comments', comments, 'youtube_comments'),
            count_of('shares', shares, 'youtube_shares'),
            count_of('saves', videos_added_to_playlists, 'youtube_videos_added_to_playlists'),
            count_of('link_clicks', card_clicks, 'youtube_card_clicks'),
            count_of('follows', subscribers_gained, 'youtube_subscribers_gained'),
            count_of('unfollows', subscribers_lost, 'youtube_subscribers_lost'),
            measure('watch_seconds', scaled_text(number_text(watch_time_minutes, coalesce($decimal_mark, '.')), 60), 'youtube_watch_time')
        ] as measures
    from input
),

measured as (
    select
        * exclude (measures),
        unnest(measures) as measure
    from parts
)

select
    line_no,
    'youtube' as platform,
    case when video_id is null then channel_id end as account_id,
    case when video_id is null then 'account' else 'video' end as entity_type,
    coalesce(video_id, channel_id) as entity_id,
    measure.metric as metric,
    'day' as grain,
    day as from_date,
    day as to_date,
    'America/Los_Angeles' as date_time_zone,
    breakdown,
    measured_text(measure) as value,
    metric_unit(measure.metric) as unit,
    metric_additivity(measure.metric) as additivity,
    measure.definition as definition_version,
    nullif(country_code, 'ZZ') as country,
    observed_at
from measured
where cell(measure.value) is not null
