create table if not exists result.lift_unit (
    study_id varchar,
    unit varchar,
    arm varchar
)
