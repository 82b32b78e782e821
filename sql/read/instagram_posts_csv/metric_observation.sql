-- What Meta Business Suite counted on each Instagram post: lifetime numbers, or those of a day when the export is by day.
-- grain:  one row per post, metric and, in an export by day, day
-- key:    platform, entity_id, metric, grain, from_date
-- params: $time_zone, $date_order
with

measured as (
    select
        line_no,
        instagram_post_id(id, permalink) as post_id,
        -- `Lifetime`, in any language, is a word; a day has figures
        case when regexp_matches(date, '\d') then 'day' else 'lifetime' end as grain,
        case when regexp_matches(date, '\d') then social_day_text(date, $date_order) end as day,
        unnest([
            measure('views', count_text(views), 'mbs_views'),
            measure('impressions', count_text(impressions), 'mbs_impressions'),
            measure('reach', count_text(reach), 'mbs_reach'),
            measure('reactions', count_text(likes), 'mbs_likes'),
            measure('comments', count_text(comments), 'mbs_comments'),
            measure('shares', count_text(shares), 'mbs_shares'),
            measure('saves', count_text(saves), 'mbs_saves'),
            measure('follows', count_text(follows), 'mbs_follows'),
            -- of stories
            measure('profile_visits', count_text(profile_visits), 'mbs_profile_visits'),
            measure('link_clicks', count_text(link_clicks), 'mbs_link_clicks')
        ]) as measure
    from input
)

select
    line_no,
    'instagram' as platform,
    'post' as entity_type,
    post_id as entity_id,
    measure.metric as metric,
    grain,
    day as from_date,
    day as to_date,
    case when day is not null then $time_zone end as date_time_zone,
    '' as breakdown,
    measure.value as value,
    metric_unit(measure.metric) as unit,
    metric_additivity(measure.metric) as additivity,
    measure.definition as definition_version
from measured
where measure.value is not null
