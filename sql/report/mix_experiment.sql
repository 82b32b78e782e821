-- Studies that calibrate the model, and how far it agrees with each.
-- grain:  one row per study
-- key:    experiment
-- units:  estimate, standard error and model in the unit of the outcome, over the study's own geos and weeks; z = (estimate - model) / sd of the difference
select
    position,
    experiment,
    drivers,
    grade,
    estimate,
    standard_error,
    model,
    model_lo,
    model_hi,
    z,
    level
from result.mix_experiment
