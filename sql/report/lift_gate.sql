-- The tests that tried to refute a study, with the threshold that judged them.
-- grain:  one row per claim of a study and gate
-- key:    study_id, gate
-- units:  threshold is JSON; cap is the best grade that the verdict leaves, null when it costs nothing
select
    study_id,
    gate_number,
    gate,
    is_blocking,
    verdict,
    number,
    threshold,
    cap,
    sentence
from result.lift_gate
