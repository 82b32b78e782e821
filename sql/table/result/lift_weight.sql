create table if not exists result.lift_weight (
    study_id varchar,
    method varchar,
    kind varchar,
    name varchar,
    weight decimal(18, 9)
)
