-- Accounts: currency and time zone.
-- grain:  one row per platform, account_id
-- key:    platform, account_id
with

observed as (
    select
        platform,
        account_id,
        name,
        currency,
        time_zone,
        handle,
        source_id,
        try_cast(observed_at as timestamptz) as observed_at,
        row_number() over (
            partition by platform, account_id
            order by try_cast(observed_at as timestamptz) desc nulls last, batch_id desc, line_no desc
        ) as recency
    from raw.source_account
)

select
    platform,
    account_id,
    name,
    currency,
    time_zone,
    handle,
    source_id,
    observed_at
from observed
where recency = 1
