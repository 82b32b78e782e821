create table if not exists result.mix_diagnostic (
    position integer,
    phase varchar,
    code varchar,
    drivers varchar,
    value decimal(28, 9),
    threshold decimal(28, 9),
    is_passed boolean,
    message varchar
)
