-- A LinkedIn page by day. Totals count sponsored posts too; the organic and the paid part stand apart under names of their own.
-- grain:  one row per day and metric
-- key:    platform, account_id, metric, from_date
-- params: $account, $date_order, $time_zone, $preamble
with

measured as (
    select
        line_no,
        social_day_text(date, $date_order) as day,
        unnest([
            measure('impressions', count_text(impressions), 'linkedin_impressions_total'),
            measure('impressions_organic', count_text(impressions_organic), 'linkedin_impressions_organic'),
            measure('impressions_paid', count_text(impressions_paid), 'linkedin_impressions_sponsored'),
            measure('reach', count_text(reach), 'linkedin_unique_impressions_organic'),
            measure('link_clicks', count_text(clicks), 'linkedin_clicks_all_total'),
            measure('link_clicks_organic', count_text(clicks_organic), 'linkedin_clicks_all_organic'),
            measure('link_clicks_paid', count_text(clicks_paid), 'linkedin_clicks_all_sponsored'),
            measure('reactions', count_text(reactions), 'linkedin_reactions_total'),
            measure('reactions_organic', count_text(reactions_organic), 'linkedin_reactions_organic'),
            measure('reactions_paid', count_text(reactions_paid), 'linkedin_reactions_sponsored'),
            measure('comments', count_text(comments), 'linkedin_comments_total'),
            measure('comments_organic', count_text(comments_organic), 'linkedin_comments_organic'),
            measure('comments_paid', count_text(comments_paid), 'linkedin_comments_sponsored'),
            measure('shares', count_text(reposts), 'linkedin_reposts_total'),
            measure('shares_organic', count_text(reposts_organic), 'linkedin_reposts_organic'),
            measure('shares_paid', count_text(reposts_paid), 'linkedin_reposts_sponsored')
        ]) as measure
    from input
)

select
    line_no,
    'linkedin' as platform,
    coalesce($account, 'linkedin') as account_id,
    'account' as entity_type,
    coalesce($account, 'linkedin') as entity_id,
    measure.metric as metric,
    'day' as grain,
    day as from_date,
    day as to_date,
    -- the note above the header says `Time zone: UTC`
    case when $preamble like '%UTC%' then 'UTC' else $time_zone end as date_time_zone,
    '' as breakdown,
    measure.value as value,
    metric_unit(measure.metric) as unit,
    metric_additivity(measure.metric) as additivity,
    measure.definition as definition_version
from measured
where measure.value is not null
