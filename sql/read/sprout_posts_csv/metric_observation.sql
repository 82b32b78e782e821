-- What Sprout Social counted on each post to the time of the export. The platform's own numbers have the same key: the newest wins.
-- grain:  one row per post and metric
-- key:    platform, entity_id, metric
-- params: $account
with

measured as (
    select
        line_no,
        platform,
        post_id,
        unnest([
            count_of('impressions', impressions, 'sprout_impressions'),
            count_of('reach', reach, 'sprout_reach'),
            count_of('reactions', likes, 'sprout_reactions'),
            count_of('comments', comments, 'sprout_comments'),
            count_of('shares', shares, 'sprout_shares'),
            count_of('saves', saves, 'sprout_saves'),
            count_of('video_views', video_views, 'sprout_video_views'),
            count_of('link_clicks', link_clicks, 'sprout_link_clicks'),
            count_of('engagements_reported', engagement, 'sprout_engagements')
        ]) as measure
    from scheduler_row('input', $account)
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
