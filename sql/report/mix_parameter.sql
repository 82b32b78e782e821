-- Parameters of the mix model, with the convergence of each.
-- grain:  one row per parameter
-- key:    parameter
-- units:  in unit
select
    position,
    parameter,
    unit,
    mean,
    sd,
    q5,
    q95,
    mcse,
    rhat,
    ess_bulk,
    ess_tail
from result.mix_parameter
