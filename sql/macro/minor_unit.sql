-- The smallest units that a currency counts in, and shares of amounts in them.

-- smallest units in one unit of the currency (ISO 4217): 1 yen, 100 cents, 1000 fils
create or replace temporary macro minor_per_unit(currency) as
    case
        when list_contains(['BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'], upper(currency)) then 1
        when list_contains(['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'], upper(currency)) then 1000
        else 100
    end;

-- part * piece / whole, to the smallest unit of `unit` millionths, half away from zero; whole > 0. Whole numbers of millionths, so that no
-- digit passes through a double
create or replace temporary macro share_in_minor(part, piece, whole, unit) as
    cast(
        sign(part) * sign(piece) * unit * (
            (2 * cast(abs(part) * 1000000 as hugeint) * cast(abs(piece) * 1000000 as hugeint) + cast(whole * 1000000 as hugeint) * unit)
            // (2 * cast(whole * 1000000 as hugeint) * unit)
        ) as decimal(18, 0)
    ) * 0.000001;
