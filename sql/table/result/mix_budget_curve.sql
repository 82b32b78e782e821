create table if not exists result.mix_budget_curve (
    position integer,
    channel varchar,
    node integer,
    weeks integer,
    value_per_outcome double,
    current_spend double,
    ceiling double,
    is_concave boolean,
    spend double,
    slope double,
    draws double[]
)
