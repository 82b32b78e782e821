-- What was seen and what would have been seen without the treatment, day by day, summed over the treated units.
-- grain:  one row per claim of a study, method and day
-- key:    study_id, method, period
-- units:  unit of the study; lo and hi bound the counterfactual of the one day; cumulative is the effect since the start
select
    study_id,
    method,
    period,
    actual,
    counterfactual,
    lo,
    hi,
    cumulative,
    is_treated_period
from result.lift_series
