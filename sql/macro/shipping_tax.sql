-- The tax that stands inside the shipping price of an order whose prices include tax: the part of all tax that shipping is of the
-- whole (one rate for goods and shipping). Whole numbers of millionths, half away from zero, so that no digit passes through a double.
create or replace temporary macro shipping_tax(tax, shipping, whole) as
    case
        when coalesce(tax, 0) = 0 or coalesce(shipping, 0) = 0 or coalesce(whole, 0) = 0 then cast(0 as decimal(18, 6))
        else cast(
            cast(
                sign(whole) * (
                    (2 * cast(abs(tax) * 1000000 as hugeint) * cast(abs(shipping) * 1000000 as hugeint) + cast(abs(whole) * 1000000 as hugeint))
                    // (2 * cast(abs(whole) * 1000000 as hugeint))
                ) as decimal(18, 0)
            ) * 0.000001 as decimal(18, 6)
        )
    end;
