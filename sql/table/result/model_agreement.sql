create table if not exists result.model_agreement (
    channel varchar,
    conversions_lowest decimal(28, 9),
    conversions_highest decimal(28, 9),
    lowest_model varchar,
    highest_model varchar,
    ratio decimal(28, 6),
    revenue_minor_lowest bigint,
    revenue_minor_highest bigint,
    disagree boolean,
    words varchar
)
