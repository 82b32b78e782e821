-- How likely the registered test of a study would have found a true effect of a size, up or down.
-- grain:  one row per claim of a study and size of the effect
-- key:    study_id, effect
-- units:  effect is a total over treated units and the window, as in lift_study; power is a share in [0, 1]; method says what it
--         comes from: placebo, randomisation or standard_error
select
    study_id,
    method,
    effect,
    power
from result.lift_power
