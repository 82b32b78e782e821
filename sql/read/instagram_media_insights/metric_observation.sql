-- Lifetime numbers of each Instagram post as of the sync: snapshots, never days.
-- One number stands in the columns of several media types; one of them is taken, never their sum.
-- grain:  one row per post, metric and sync
-- key:    platform, entity_id, metric, observed_at
with

measured as (
    select
        line_no,
        instagram_post_id(id, null) as post_id,
        social_instant_text(synced, null, 'UTC') as observed_at,
        unnest([
            measure('views', first_filled([
                count_text(video_photo_views), count_text(carousel_album_views), count_text(reel_views), count_text(story_views)
            ]), 'instagram_views'),
            measure('impressions', first_filled([
                count_text(video_photo_impressions), count_text(carousel_album_impressions), count_text(story_impressions)
            ]), 'instagram_impressions'),
            measure('reach', first_filled([
                count_text(video_photo_reach), count_text(carousel_album_reach), count_text(reel_reach), count_text(story_reach)
            ]), 'instagram_reach'),
            measure('reactions', first_filled([count_text(like_count), count_text(reel_likes)]), 'instagram_like_count'),
            measure('comments', first_filled([count_text(comment_count), count_text(reel_comments)]), 'instagram_comment_count'),
            measure('shares', first_filled([
                count_text(video_photo_shares), count_text(carousel_album_shares), count_text(reel_shares), count_text(story_shares)
            ]), 'instagram_shares'),
            measure('saves', first_filled([
                count_text(video_photo_saved), count_text(carousel_album_saved), count_text(reel_saved)
            ]), 'instagram_saved'),
            measure('engagements_reported', first_filled([
                count_text(video_photo_engagement), count_text(carousel_album_engagement), count_text(reel_total_interactions)
            ]), 'instagram_engagement')
        ]) as measure
    from input
)

select
    line_no,
    'instagram' as platform,
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
