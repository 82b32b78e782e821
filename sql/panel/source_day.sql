-- On which days a source was loaded: a day without a row is a zero on these, and a gap on all others.
-- Of sales and visits nothing is known before their first and after their last row; in between, a stretch of days without any row is a gap
-- when, at the source's own pace, seven rows and more should have come (by chance that happens less than once in a thousand times).
-- Spend and engagement only have rows when something runs: they are known up to the day before their newest export was made, spend also
-- before its first row.
-- grain:  one row per stream, source and day
-- key:    stream, source, day
-- params: $reporting_time_zone (varchar, IANA)
with

told as (
    select 'sales' as stream, shop_id as source, day, sum(orders) as rows_read, cast(null as timestamptz) as observed_at
    from panel.sale_day
    group by shop_id, day
    union all
    select 'touches', source_id, day, sum(touches), null
    from panel.touch_day
    group by source_id, day
    union all
    select 'engagement', platform, day, 1, max(observed_at)
    from panel.engagement_day
    where is_chosen
        or is_chosen_by_post
    group by platform, day
    union all
    select 'spend', platform || ':' || account_id, day, 1, max(observed_at)
    from panel.spend_day
    group by platform, account_id, day
),

spans as (
    select
        stream,
        source,
        min(day) as first_day,
        max(day) as last_day,
        coalesce(cast(timezone($reporting_time_zone, max(observed_at)) as date) - 1, max(day)) as told_to,
        sum(rows_read) as rows_read
    from told
    group by stream, source
),

calendar as (
    select cast(unnest(generate_series(min(first_day), max(last_day), interval 1 day)) as date) as day
    from spans
),

days as (
    select
        spans.stream,
        spans.source,
        calendar.day,
        coalesce(told.rows_read, 0) as rows_read,
        calendar.day >= spans.first_day as is_begun,
        calendar.day <= spans.last_day as is_within,
        calendar.day <= greatest(spans.last_day, spans.told_to) as is_told,
        date_diff('day', spans.first_day, spans.last_day) + 1 as span_days,
        spans.rows_read as all_rows,
        -- days between the same two days with rows are one stretch
        count(told.day) over (partition by spans.stream, spans.source order by calendar.day) as stretch
    from spans
    cross join calendar
    left join told
        on told.stream = spans.stream
        and told.source = spans.source
        and told.day = calendar.day
),

stretches as (
    select
        *,
        count(*) filter (where rows_read = 0) over (partition by stream, source, stretch) as quiet_days
    from days
)

select
    stream,
    source,
    day,
    cast(rows_read as bigint) as rows_read,
    case
        when stream = 'spend' then is_told
        when stream = 'engagement' then is_begun and is_told
        else is_begun and is_within and (rows_read > 0 or all_rows * quiet_days < 7 * span_days)
    end as is_loaded
from stretches
