-- The weight of each step under every rule model, in one pass.
-- grain:  one row per conversion and step
-- key:    conversion_id, step
-- units:  weights are shares in [0, 1], summing to 1 per conversion and model
-- params: $first, $middle, $last (double, >= 0), $half_life_days (double, > 0)
with

-- a step alone takes all: only journeys of several steps are looked at together
alone as (
    select conversion_id, step, coalesce(share, 1.0) as credit
    from journey.step
    where step_count = 1
),

steps as (
    select
        conversion_id,
        step,
        step_count,
        share,
        max(case when is_informative then step end) over conversion as last_informative,
        -- counted from the newest step, so that the weights cannot all underflow to zero
        -- and as a decimal, so that their sum does not depend on the order of adding
        cast(pow(0.5, (age_days - min(age_days) over conversion) / $half_life_days) as decimal(20, 15)) as decayed
    from journey.step
    where step_count > 1
    window conversion as (partition by conversion_id)
)

select
    conversion_id,
    step,
    credit as first_touch,
    credit as last_touch,
    credit as last_non_direct,
    credit as linear,
    credit as position_based,
    credit as time_decay
from alone
union all
select
    conversion_id,
    step,
    coalesce(share, case when step = 1 then 1.0 else 0.0 end) as first_touch,
    coalesce(share, case when step = step_count then 1.0 else 0.0 end) as last_touch,
    coalesce(share, case when step = coalesce(last_informative, step_count) then 1.0 else 0.0 end) as last_non_direct,
    coalesce(share, 1.0 / step_count) as linear,
    coalesce(
        share,
        case
            when step_count = 2 then case when $first + $last = 0 then 0.5 when step = 1 then $first / ($first + $last) else $last / ($first + $last) end
            when step = 1 then $first / ($first + $middle + $last)
            when step = step_count then $last / ($first + $middle + $last)
            else $middle / (step_count - 2) / ($first + $middle + $last)
        end
    ) as position_based,
    coalesce(share, cast(decayed as double) / cast(sum(decayed) over (partition by conversion_id) as double)) as time_decay
from steps
