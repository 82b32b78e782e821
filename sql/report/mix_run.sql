-- How the mix model of this run came about: its data, its sampler, and whether it says anything.
-- status: ok; not_converged (nothing is reported; worst_parameter and message say why); refused (the data cannot carry it; message says what
-- to do). is_current: false when a run with --only left an earlier fit standing beside newer data.
-- grain:  one row per mix model, so one or none
-- key:    outcome
-- units:  observed in unit; rhat, ess and energy_fraction as in docs/mix.md
select
    status,
    message,
    worst_parameter,
    outcome,
    unit,
    is_by_geo,
    first_week_date,
    last_week_date,
    weeks,
    geos,
    fitted_cells,
    parameters,
    drivers,
    chains,
    draws,
    warmup,
    holdout_weeks,
    seed,
    level,
    max_rhat,
    min_ess_bulk,
    min_ess_tail,
    divergences,
    energy_fraction,
    is_clean,
    observed,
    p_baseline_negative,
    is_current,
    fingerprint
from result.mix_run
