create table if not exists result.lift_estimate (
    study_id varchar,
    method varchar,
    is_primary boolean,
    value decimal(28, 6),
    value_lo decimal(28, 6),
    value_hi decimal(28, 6),
    level decimal(9, 6),
    standard_error decimal(28, 6),
    p_value decimal(18, 9),
    relative decimal(18, 9),
    diagnostics varchar
)
