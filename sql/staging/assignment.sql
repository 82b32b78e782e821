-- Who or what was assigned to which arm of a study.
-- grain:  one row per study, unit_kind, unit
-- key:    study, unit_kind, unit
with

observed as (
    select
        study,
        unit_kind,
        unit,
        arm,
        try_cast(assigned_at as timestamptz) as assigned_at,
        source_id,
        try_cast(observed_at as timestamptz) as observed_at,
        row_number() over (
            partition by study, unit_kind, unit
            order by try_cast(observed_at as timestamptz) desc nulls last, batch_id desc, line_no desc
        ) as recency
    from raw.assignment
)

select
    study,
    unit_kind,
    unit,
    arm,
    assigned_at,
    source_id,
    observed_at
from observed
where recency = 1
