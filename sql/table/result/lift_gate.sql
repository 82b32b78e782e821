create table if not exists result.lift_gate (
    study_id varchar,
    gate_number integer,
    gate varchar,
    is_blocking boolean,
    verdict varchar,
    number decimal(28, 9),
    threshold varchar,
    cap varchar,
    sentence varchar
)
