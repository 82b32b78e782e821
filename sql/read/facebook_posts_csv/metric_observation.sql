-- What Meta Business Suite counted on each Facebook post: lifetime numbers, or those of a day when the export is by day.
-- grain:  one row per post, metric and, in an export by day, day
-- key:    platform, entity_id, metric, grain, from_date
-- params: $time_zone, $date_order, $decimal_mark
with

measured as (
    select
        line_no,
        facebook_post_id(id, permalink) as post_id,
        -- `Lifetime`, in any language, is a word; a day has figures
        case when regexp_matches(date, '\d') then 'day' else 'lifetime' end as grain,
        case when regexp_matches(date, '\d') then social_day_text(date, $date_order) end as day,
        unnest([
            count_of('views', views, 'mbs_views'),
            count_of('impressions', impressions, 'mbs_impressions'),
            count_of('reach', reach, 'mbs_reach'),
            count_of('reactions', reactions, 'mbs_reactions'),
            count_of('comments', comments, 'mbs_comments'),
            count_of('shares', shares, 'mbs_shares'),
            case
                when cell(link_clicks) is not null then count_of('link_clicks', link_clicks, 'mbs_link_clicks')
                else count_of('link_clicks', total_clicks, 'mbs_total_clicks_all')
            end,
            measure('watch_seconds', number_text(seconds_viewed, $decimal_mark), 'mbs_seconds_viewed'),
            measure('negative', count_sum_text([
                count_text(hide_all), count_text(hide_post), count_text(report_spam), count_text(unlike_page)
            ]), 'mbs_negative_feedback'),
            count_of('engagements_reported', engagements, 'mbs_reactions_comments_shares')
        ]) as measure
    from input
)

select
    line_no,
    'facebook' as platform,
    'post' as entity_type,
    post_id as entity_id,
    measure.metric as metric,
    grain,
    day as from_date,
    day as to_date,
    case when day is not null then $time_zone end as date_time_zone,
    '' as breakdown,
    measured_text(measure) as value,
    metric_unit(measure.metric) as unit,
    metric_additivity(measure.metric) as additivity,
    measure.definition as definition_version
from measured
where cell(measure.value) is not null
