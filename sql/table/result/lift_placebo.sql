create table if not exists result.lift_placebo (
    study_id varchar,
    method varchar,
    draw_no integer,
    effect decimal(28, 6)
)
