create table if not exists result.mix_decomposition (
    position integer,
    part varchar,
    week_date date,
    amount decimal(28, 6),
    amount_lo decimal(28, 6),
    amount_hi decimal(28, 6),
    level decimal(9, 6)
)
