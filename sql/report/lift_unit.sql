-- Which places a study compares: who had the treatment, who stood as control, who took no part.
-- grain:  one row per claim of a study and place
-- key:    study_id, unit
-- units:  arm is treated, control, left_out (excluded, not drawn, or hardly loaded) or both (treated in some blocks of time, by a schedule);
--         places of fewer than k persons are none of their own, and not here
select
    study_id,
    unit,
    arm
from result.lift_unit
