-- What days each load of a source tells of: what a week without rows means hangs on it.
-- grain:  one row per stream, platform, account and batch
-- key:    stream, platform, account_id, batch_id
-- units:  both days are told of; exported_date is the day on which the export was made
-- params: $reporting_time_zone (varchar, IANA), $conversion_kinds (varchar, comma-separated)
with

first_post as (
    select
        platform,
        min(cast(timezone($reporting_time_zone, published_at) as date)) as published_date
    from staging.post
    group by platform
),

rows_told as (
    select
        'outcome' as stream,
        shop_id as platform,
        '' as account_id,
        batch_id,
        cast(timezone($reporting_time_zone, try_cast(created_at as timestamptz)) as date) as from_date,
        cast(timezone($reporting_time_zone, try_cast(created_at as timestamptz)) as date) as to_date,
        observed_at
    from raw.orders
    union all
    select
        'outcome' as stream,
        kind as platform,
        '' as account_id,
        batch_id,
        cast(timezone($reporting_time_zone, try_cast(converted_at as timestamptz)) as date) as from_date,
        cast(timezone($reporting_time_zone, try_cast(converted_at as timestamptz)) as date) as to_date,
        observed_at
    from raw.conversion
    where list_contains(string_split($conversion_kinds, ','), kind)
    union all
    select
        'spend' as stream,
        platform,
        coalesce(account_id, '') as account_id,
        batch_id,
        try_cast(spend_date as date) as from_date,
        try_cast(spend_date as date) as to_date,
        observed_at
    from raw.spend_daily
    union all
    select
        'event' as stream,
        platform,
        coalesce(account_id, '') as account_id,
        batch_id,
        cast(timezone($reporting_time_zone, try_cast(occurred_at as timestamptz)) as date) as from_date,
        cast(timezone($reporting_time_zone, try_cast(occurred_at as timestamptz)) as date) as to_date,
        observed_at
    from raw.engagement_event
    union all
    select
        case when observation.entity_type in ('post', 'video') then 'post' else 'account' end as stream,
        observation.platform,
        coalesce(observation.account_id, '') as account_id,
        observation.batch_id,
        -- a table of lifetime numbers tells of every day from the first post to the day of the export
        case
            when observation.grain = 'day' then coalesce(try_cast(observation.from_date as date), try_cast(observation.to_date as date))
            else first_post.published_date
        end as from_date,
        case
            when observation.grain = 'day' then coalesce(try_cast(observation.from_date as date), try_cast(observation.to_date as date))
            else cast(timezone($reporting_time_zone, try_cast(observation.observed_at as timestamptz)) as date)
        end as to_date,
        observation.observed_at
    from raw.metric_observation as observation
    left join first_post
        on first_post.platform = observation.platform
),

-- engagement is told of by whoever tells it: a day that one of them knows is known
told as (
    select * from rows_told
    union all
    select 'engagement' as stream, platform, '' as account_id, batch_id, from_date, to_date, observed_at
    from rows_told
    where stream in ('post', 'account', 'event')
)

select
    stream,
    platform,
    account_id,
    batch_id,
    min(from_date) as from_date,
    max(to_date) as to_date,
    max(cast(timezone($reporting_time_zone, try_cast(observed_at as timestamptz)) as date)) as exported_date
from told
where from_date is not null
    and to_date is not null
group by stream, platform, account_id, batch_id
