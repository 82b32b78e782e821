create table if not exists result.mix_geo (
    position integer,
    driver varchar,
    geo varchar,
    contribution decimal(28, 6),
    contribution_sd decimal(28, 6),
    contribution_lo decimal(28, 6),
    contribution_hi decimal(28, 6),
    spend decimal(28, 3),
    level decimal(9, 6)
)
