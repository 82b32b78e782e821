-- What to know before the mix model is believed. phase: data, before (sampling), after, holdout.
-- grain:  one row per finding
-- key:    position
-- units:  value and threshold as the message says
select
    position,
    phase,
    code,
    drivers,
    value,
    threshold,
    is_passed,
    message
from result.mix_diagnostic
