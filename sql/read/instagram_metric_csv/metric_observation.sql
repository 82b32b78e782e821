-- One metric of one account by day. A title that names none of our metrics rejects every record (metric is missing).
-- grain:  one row per day
-- key:    platform, account_id, metric, from_date
-- params: $platform, $account, $time_zone, $date_order, $preamble
with

title as (
    select list_last(list_filter(
        string_split($preamble, chr(10)),
        line -> trim(line, ', ') <> '' and not starts_with(lower(line), 'sep=')
    )) as title
),

daily as (
    select
        line_no,
        meta_metric(title) as metric,
        title,
        social_day_text(date, $date_order) as day,
        count_text(value) as value
    from input
    cross join title
)

select
    line_no,
    $platform as platform,
    coalesce($account, $platform) as account_id,
    'account' as entity_type,
    coalesce($account, $platform) as entity_id,
    metric,
    'day' as grain,
    day as from_date,
    day as to_date,
    $time_zone as date_time_zone,
    '' as breakdown,
    value,
    metric_unit(metric) as unit,
    metric_additivity(metric) as additivity,
    'mbs_' || metric as definition_version
from daily
where value is not null
