-- Costs that belong to no order: fees and other spend by day, and fulfilment or payment fees that were told by day.
-- grain:  one row per kind, SKU, shop, order name and day
-- key:    component, fact
-- units:  amount in `currency`, positive
select
    case
        when kind = 'other' then 'spend_other'
        when kind = 'spend_fee' then 'spend_fees'
        else kind
    end as component,
    concat_ws(' ', kind, shop_id, cast(cost_date as varchar)) as fact,
    cost_date as fact_date,
    currency,
    amount
from staging.cost
where order_name is null
    and sku is null
    and cost_date is not null
    and kind in ('other', 'spend_fee', 'fulfilment', 'payment_fee')
    and amount <> 0
