-- Entries of the books of finance.
-- grain:  one row per entry_id
-- key:    entry_id
with

observed as (
    select
        entry_id,
        try_cast(entry_date as date) as entry_date,
        account,
        try_cast(amount as decimal(18, 6)) as amount,
        currency,
        reference,
        source_id,
        try_cast(observed_at as timestamptz) as observed_at,
        row_number() over (
            partition by entry_id
            order by try_cast(observed_at as timestamptz) desc nulls last, batch_id desc, line_no desc
        ) as recency
    from raw.ledger_entry
)

select
    entry_id,
    entry_date,
    account,
    amount,
    currency,
    reference,
    source_id,
    observed_at
from observed
where recency = 1
