create table if not exists result.sequence_effect (
    sequence varchar,
    journeys bigint,
    conversions bigint,
    rate_with decimal(18, 9),
    rate_with_lo decimal(18, 9),
    rate_with_hi decimal(18, 9),
    rate_without decimal(18, 9),
    rate_ratio decimal(18, 6),
    rate_ratio_lo decimal(18, 6),
    rate_ratio_hi decimal(18, 6),
    removal_effect decimal(18, 9)
)
