-- Amounts as text, added up without losing the one that cannot be read.

-- sum of plain decimal texts, nulls left out; null for an empty list. One that is not a number is passed on, so that typing
-- rejects its record
create or replace temporary macro sum_text(amounts) as
    coalesce(
        'unreadable ' || list_filter(amounts, amount -> amount is not null and try_cast(amount as decimal(18, 6)) is null)[1],
        cast(list_sum(list_transform(amounts, amount -> try_cast(amount as decimal(18, 6)))) as varchar)
    );

-- quantity x price
create or replace temporary macro product_text(quantity, price) as
    coalesce(
        cast(cast(try_cast(quantity as decimal(9, 3)) * try_cast(price as decimal(18, 6)) as decimal(24, 6)) as varchar),
        'unreadable ' || quantity || ' x ' || price
    );

-- what one piece cost, to six decimals
create or replace temporary macro quotient_text(amount, quantity) as
    case
        when try_cast(quantity as decimal(9, 3)) = 0 then null
        else coalesce(
            cast(cast(
                sign(try_cast(amount as decimal(18, 6))) * sign(try_cast(quantity as decimal(9, 3))) * (
                    (2 * abs(cast(try_cast(amount as decimal(18, 6)) * 1000000 as hugeint)) * 1000 + abs(cast(try_cast(quantity as decimal(9, 3)) * 1000 as hugeint)))
                    // (2 * abs(cast(try_cast(quantity as decimal(9, 3)) * 1000 as hugeint)))
                ) as decimal(18, 0)) * 0.000001 as varchar),
            case when amount is not null and quantity is not null then 'unreadable ' || amount || ' / ' || quantity end
        )
    end;

-- the same amount with the other sign
create or replace temporary macro negated_text(amount) as
    coalesce(cast(-try_cast(amount as decimal(18, 6)) as varchar), amount);

-- true when the amount is there and is not zero; an unreadable one is not zero
create or replace temporary macro is_not_zero(amount) as
    amount is not null and coalesce(try_cast(amount as decimal(18, 6)) <> 0, true);
