-- Followers of a TikTok account by day. `undefined` is a day TikTok has no number for: no observation, not a zero.
-- The difference to the day before is what was won less what was lost, and may be negative.
-- grain:  one row per day and metric
-- key:    platform, account_id, metric, from_date
-- params: $account, $time_zone, $date_order, $year, $exported_at
with

days as (
    select * from yearless_days('input', $date_order, $year, $exported_at)
),

measured as (
    select
        input.line_no,
        days.day,
        unnest([
            count_of('followers', followers, 'tiktok_followers'),
            count_of('follows', difference, 'tiktok_follower_difference_net')
        ]) as measure
    from input
    inner join days on days.line_no = input.line_no
)

select
    line_no,
    'tiktok' as platform,
    coalesce($account, 'tiktok') as account_id,
    'account' as entity_type,
    coalesce($account, 'tiktok') as entity_id,
    measure.metric as metric,
    'day' as grain,
    day as from_date,
    day as to_date,
    $time_zone as date_time_zone,
    '' as breakdown,
    measured_text(measure) as value,
    metric_unit(measure.metric) as unit,
    metric_additivity(measure.metric) as additivity,
    measure.definition as definition_version
from measured
where cell(measure.value) is not null
