create table if not exists result.mix_response (
    position integer,
    driver varchar,
    factor decimal(9, 6),
    spend decimal(28, 3),
    contribution decimal(28, 6),
    contribution_sd decimal(28, 6),
    contribution_lo decimal(28, 6),
    contribution_hi decimal(28, 6),
    level decimal(9, 6),
    beyond_observed decimal(18, 9),
    is_extrapolated boolean
)
