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
            count_of('impressions', impressions, 'linkedin_impressions_total'),
            count_of('impressions_organic', impressions_organic, 'linkedin_impressions_organic'),
            count_of('impressions_paid', impressions_paid, 'linkedin_impressions_sponsored'),
            count_of('reach', reach, 'linkedin_unique_impressions_organic'),
            count_of('link_clicks', clicks, 'linkedin_clicks_all_total'),
            count_of('link_clicks_organic', clicks_organic, 'linkedin_clicks_all_organic'),
            count_of('link_clicks_paid', clicks_paid, 'linkedin_clicks_all_sponsored'),
            count_of('reactions', reactions, 'linkedin_reactions_total'),
            count_of('reactions_organic', reactions_organic, 'linkedin_reactions_organic'),
            count_of('reactions_paid', reactions_paid, 'linkedin_reactions_sponsored'),
            count_of('comments', comments, 'linkedin_comments_total'),
            count_of('comments_organic', comments_organic, 'linkedin_comments_organic'),
            count_of('comments_paid', comments_paid, 'linkedin_comments_sponsored'),
            count_of('shares', reposts, 'linkedin_reposts_total'),
            count_of('shares_organic', reposts_organic, 'linkedin_reposts_organic'),
            count_of('shares_paid', reposts_paid, 'linkedin_reposts_sponsored')
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
    measured_text(measure) as value,
    metric_unit(measure.metric) as unit,
    metric_additivity(measure.metric) as additivity,
    measure.definition as definition_version
from measured
where cell(measure.value) is not null
