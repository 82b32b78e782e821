-- Every estimator that applies to a study, the registered one marked.
-- grain:  one row per claim of a study and method
-- key:    study_id, method
-- units:  value and its bounds are totals over treated units and the window, as in lift_study; diagnostics is JSON
select
    study_id,
    method,
    is_primary,
    value,
    value_lo,
    value_hi,
    level,
    standard_error,
    p_value,
    relative,
    diagnostics
from result.lift_estimate
