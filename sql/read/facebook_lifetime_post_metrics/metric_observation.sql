-- What each Facebook post had gathered by the time of the row: cumulative snapshots. The newest is the number; their differences are
-- the days, and may be negative where Meta took something back.
-- grain:  one row per post, snapshot and metric
-- key:    platform, entity_id, metric, observed_at
-- params: $decimal_mark
with

measured as (
    select
        line_no,
        facebook_post_id(post_id, null) as post_id,
        social_instant_text(date, null, 'UTC') as observed_at,
        unnest([
            count_of('impressions', post_impressions, 'post_impressions'),
            count_of('impressions_organic', post_impressions_organic, 'post_impressions_organic'),
            count_of('impressions_paid', post_impressions_paid, 'post_impressions_paid'),
            count_of('views', post_media_view, 'post_media_view'),
            count_of('reach', coalesce(cell(post_total_media_view_unique), cell(post_media_view_unique)), 'post_media_view_unique'),
            count_of('engaged_users', post_engaged_users, 'post_engaged_users'),
            measure('reactions', count_sum_text([
                count_text(post_reactions_like_total), count_text(post_reactions_love_total), count_text(post_reactions_wow_total),
                count_text(post_reactions_haha_total), count_text(post_reactions_sorry_total), count_text(post_reactions_anger_total)
            ]), 'post_reactions_total'),
            count_of('reactions_like', post_reactions_like_total, 'post_reactions_like_total'),
            count_of('reactions_love', post_reactions_love_total, 'post_reactions_love_total'),
            count_of('reactions_wow', post_reactions_wow_total, 'post_reactions_wow_total'),
            count_of('reactions_haha', post_reactions_haha_total, 'post_reactions_haha_total'),
            count_of('reactions_sorry', post_reactions_sorry_total, 'post_reactions_sorry_total'),
            count_of('reactions_anger', post_reactions_anger_total, 'post_reactions_anger_total'),
            -- every click on the post, not only those on its link
            count_of('link_clicks', post_clicks, 'post_clicks_all'),
            count_of('negative', post_negative_feedback, 'post_negative_feedback'),
            count_of('video_views', post_video_views, 'post_video_views'),
            -- milliseconds
            measure('watch_seconds', scaled_text(number_text(post_video_view_time, $decimal_mark), 0.001), 'post_video_view_time')
        ]) as measure
    from input
)

select
    line_no,
    'facebook' as platform,
    'post' as entity_type,
    post_id as entity_id,
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
