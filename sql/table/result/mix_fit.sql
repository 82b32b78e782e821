create table if not exists result.mix_fit (
    week_date date,
    actual decimal(28, 6),
    fitted decimal(28, 6),
    fitted_lo decimal(28, 6),
    fitted_hi decimal(28, 6),
    is_held_out boolean,
    foretold decimal(28, 6),
    foretold_lo decimal(28, 6),
    foretold_hi decimal(28, 6),
    level decimal(9, 6)
)
