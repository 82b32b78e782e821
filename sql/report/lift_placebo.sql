-- What the registered test of a study showed where nothing was done: untreated places in the place of the treated, or the draw drawn anew.
-- grain:  one row per claim of a study and draw
-- key:    study_id, draw_no
-- units:  effect is a total over treated units and the window, as in lift_study; null = a placebo that fitted perfectly, which counts as extreme
select
    study_id,
    method,
    draw_no,
    effect
from result.lift_placebo
