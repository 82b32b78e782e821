-- Each metric as last observed: restatements replace, nothing is summed across observations.
-- grain:  one row per platform, account, entity, metric, grain, dates and breakdown
-- key:    platform, account_id, entity_type, entity_id, metric, grain, from_date, to_date, breakdown
with

observed as (
    select
        platform,
        account_id,
        entity_type,
        entity_id,
        metric,
        grain,
        try_cast(from_date as date) as from_date,
        try_cast(to_date as date) as to_date,
        date_time_zone,
        breakdown,
        try_cast(value as decimal(24, 6)) as value,
        unit,
        additivity,
        definition_version,
        country,
        region,
        source_id,
        try_cast(observed_at as timestamptz) as observed_at,
        row_number() over (
            partition by
                platform, coalesce(account_id, ''), entity_type, entity_id, metric, grain,
                coalesce(from_date, ''), coalesce(to_date, ''), coalesce(breakdown, '')
            order by try_cast(observed_at as timestamptz) desc nulls last, batch_id desc, line_no desc
        ) as recency
    from raw.metric_observation
)

select
    platform,
    account_id,
    entity_type,
    entity_id,
    metric,
    grain,
    from_date,
    to_date,
    date_time_zone,
    breakdown,
    value,
    unit,
    additivity,
    definition_version,
    country,
    region,
    source_id,
    observed_at
from observed
where recency = 1
