-- Exchange rates as given: one base is worth rate quotes.
-- grain:  one row per rate_date, base, quote
-- key:    rate_date, base, quote
with

observed as (
    select
        try_cast(rate_date as date) as rate_date,
        base,
        quote,
        try_cast(rate as decimal(18, 10)) as rate,
        source,
        source_id,
        try_cast(observed_at as timestamptz) as observed_at,
        row_number() over (
            partition by rate_date, base, quote
            order by try_cast(observed_at as timestamptz) desc nulls last, batch_id desc, line_no desc
        ) as recency
    from raw.fx_rate
)

select
    rate_date,
    base,
    quote,
    rate,
    source,
    source_id,
    observed_at
from observed
where recency = 1
