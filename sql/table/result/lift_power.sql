create table if not exists result.lift_power (
    study_id varchar,
    method varchar,
    effect decimal(28, 6),
    power decimal(18, 9)
)
