create table if not exists result.mix_parameter (
    position integer,
    parameter varchar,
    unit varchar,
    mean decimal(28, 9),
    sd decimal(28, 9),
    q5 decimal(28, 9),
    q95 decimal(28, 9),
    mcse decimal(28, 9),
    rhat decimal(18, 9),
    ess_bulk decimal(18, 3),
    ess_tail decimal(18, 3)
)
