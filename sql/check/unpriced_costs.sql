-- Costs that count nowhere: in a currency without a rate for their day, or of an order that is not known or not unique.
-- severity: warn
-- grain:    one row per kind of cost and reason
select kind, reason, currency, count(*) as costs
from (
    select component as kind, 'no exchange rate for the day' as reason, currency
    from finance.unpriced_part
    union all
    select cost.kind, 'no such order, or two of that name' as reason, cost.currency
    from staging.cost as cost
    where cost.order_name is not null
        and cost.kind in ('cogs', 'fulfilment', 'payment_fee')
        and not exists (
            select 1
            from staging.orders as orders
            where upper(orders.order_name) = upper(cost.order_name)
                and (cost.shop_id is null or cost.shop_id = orders.shop_id)
            having count(*) = 1
        )
)
group by kind, reason, currency
