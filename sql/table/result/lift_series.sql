create table if not exists result.lift_series (
    study_id varchar,
    method varchar,
    period date,
    actual decimal(28, 6),
    counterfactual decimal(28, 6),
    lo decimal(28, 6),
    hi decimal(28, 6),
    cumulative decimal(28, 6),
    is_treated_period boolean
)
