-- Who or what was exposed, and when.
-- grain:  one row per study, unit, exposed_at
-- key:    study, unit, exposed_at
with

observed as (
    select
        study,
        unit,
        try_cast(exposed_at as timestamptz) as exposed_at,
        source_id,
        try_cast(observed_at as timestamptz) as observed_at,
        row_number() over (
            partition by study, unit, exposed_at
            order by try_cast(observed_at as timestamptz) desc nulls last, batch_id desc, line_no desc
        ) as recency
    from raw.exposure
)

select
    study,
    unit,
    exposed_at,
    source_id,
    observed_at
from observed
where recency = 1
