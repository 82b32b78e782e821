-- What happened on a post on a day. Daily rows as they are; lifetime snapshots as the difference to the one before, dated at the
-- later one, and the first one at the day of publication; where both are told, the days. A negative difference is a restatement or a removal: kept, and flagged.
-- grain:  one row per platform, post, metric and day
-- key:    platform, post_id, metric, metric_date
-- units:  value is a count; negative only when is_restated
-- params: $reporting_time_zone (varchar, IANA)
with

snapshots as (
    select
        platform,
        entity_id,
        metric,
        try_cast(value as decimal(24, 6)) as value,
        try_cast(observed_at as timestamptz) as observed_at,
        row_number() over (
            partition by platform, entity_id, metric, cast(try_cast(observed_at as timestamptz) as date)
            order by try_cast(observed_at as timestamptz) desc nulls last, batch_id desc, line_no desc
        ) as recency
    from raw.metric_observation
    where grain = 'lifetime'
        and additivity = 'additive'
        and entity_type in ('post', 'video')
        and coalesce(breakdown, '') = ''
),

differences as (
    select
        snapshots.platform,
        snapshots.entity_id,
        snapshots.metric,
        snapshots.value - coalesce(lag(snapshots.value) over before, 0) as value,
        case
            when lag(snapshots.value) over before is null and post.published_at is not null
                then cast(timezone($reporting_time_zone, post.published_at) as date)
            else cast(timezone($reporting_time_zone, snapshots.observed_at) as date)
        end as metric_date
    from snapshots
    left join staging.post as post
        on post.platform = snapshots.platform
        and post.post_id = snapshots.entity_id
    where snapshots.recency = 1
    window before as (partition by snapshots.platform, snapshots.entity_id, snapshots.metric order by snapshots.observed_at)
),

-- one post told of by two exports is one post: the newer of them
daily as (
    select
        platform,
        entity_id,
        metric,
        coalesce(from_date, to_date) as metric_date,
        coalesce(breakdown, '') as breakdown,
        max_by(value, (observed_at, coalesce(account_id, ''), entity_type)) as value
    from staging.metric_current
    where grain = 'day'
        and additivity = 'additive'
        and entity_type in ('post', 'video')
    group by platform, entity_id, metric, coalesce(from_date, to_date), coalesce(breakdown, '')
),

marked as (
    select
        *,
        bool_or(breakdown = '') over (partition by platform, entity_id, metric, metric_date) as has_total
    from daily
),

-- the total of a day where it is told, else its parts
days as (
    select platform, entity_id, metric, value, metric_date
    from marked
    where breakdown = ''
        or not has_total
),

-- days tell more than snapshots of the same metric do, and both together would count it twice
undated as (
    select differences.*
    from differences
    anti join days
        on days.platform = differences.platform
        and days.entity_id = differences.entity_id
        and days.metric = differences.metric
)

select
    platform,
    entity_id as post_id,
    metric,
    metric_date,
    sum(value) as value,
    sum(value) < 0 as is_restated
from (
    -- a post that is known day by day is not differenced as well
    select differences.*
    from differences
    anti join days
        on days.platform = differences.platform
        and days.entity_id = differences.entity_id
        and days.metric = differences.metric
    union all
    select * from days
)
where metric_date is not null
    and value <> 0
group by platform, entity_id, metric, metric_date
