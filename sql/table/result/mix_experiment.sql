create table if not exists result.mix_experiment (
    position integer,
    experiment varchar,
    drivers varchar,
    grade varchar,
    estimate decimal(28, 6),
    standard_error decimal(28, 6),
    model decimal(28, 6),
    model_lo decimal(28, 6),
    model_hi decimal(28, 6),
    z decimal(18, 9),
    level decimal(9, 6)
)
