-- How the customers of a period are told apart. A type of fewer than k persons is told as unknown, with the next smallest until there are k.
-- Where nothing but unknown would be left, all customers stand together: the period is not split.
-- grain:  one row per basis, period and type of customer
-- key:    basis, period, customer_type
-- params: $k (integer)
with

placed as (
    select
        basis,
        period,
        customer_type,
        persons,
        row_number() over (partition by basis, period order by persons, customer_type) as place
    from finance.roi_customer_total
    where persons > 0
),

-- the smallest type that has enough persons: those before it take it along
ends as (
    select basis, period, min(place) as last_place
    from placed
    where persons >= $k
    group by basis, period
),

folds as (
    select
        placed.basis,
        placed.period,
        placed.customer_type,
        placed.persons,
        -- nothing is small when the first has enough; nothing helps when none has
        coalesce(ends.last_place > 1 and placed.place <= ends.last_place, true) as is_folded
    from placed
    left join ends
        on ends.basis = placed.basis
        and ends.period = placed.period
)

select
    basis,
    period,
    customer_type,
    case
        when not bool_or(not is_folded and customer_type <> 'unknown') over (partition by basis, period) then 'all'
        when is_folded then 'unknown'
        else customer_type
    end as told_type,
    is_folded
from folds
