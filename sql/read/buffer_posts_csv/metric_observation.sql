-- What Buffer counted on each post to the time of the export. The platform's own numbers have the same key: the newest wins.
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
            measure('impressions', count_text(impressions), 'buffer_impressions'),
            measure('reach', count_text(reach), 'buffer_reach'),
            measure('reactions', count_text(likes), 'buffer_reactions'),
            measure('comments', count_text(comments), 'buffer_comments'),
            measure('shares', count_text(shares), 'buffer_shares'),
            measure('link_clicks', count_text(link_clicks), 'buffer_link_clicks'),
            measure('engagements_reported', count_text(engagement), 'buffer_engagements')
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
    measure.value as value,
    metric_unit(measure.metric) as unit,
    metric_additivity(measure.metric) as additivity,
    measure.definition as definition_version
from measured
where measure.value is not null
