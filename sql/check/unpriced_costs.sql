-- Costs that count nowhere: in a currency without a rate for their day, or of an order that is not known or not unique.
-- severity: warn
-- grain:    one row per kind of cost and reason
with

orders as (
    select upper(order_name) as order_name, shop_id, count(*) as order_count
    from staging.orders
    where order_name is not null
    group by upper(order_name), shop_id
),

shops as (
    select order_name, sum(order_count) as order_count
    from orders
    group by order_name
),

lost as (
    select cost.kind, cost.currency
    from staging.cost as cost
    left join orders
        on orders.order_name = upper(cost.order_name)
        and orders.shop_id = cost.shop_id
    left join shops
        on shops.order_name = case when cost.shop_id is null then upper(cost.order_name) end
    where cost.order_name is not null
        and cost.kind in ('cogs', 'fulfilment', 'payment_fee')
        and coalesce(orders.order_count, shops.order_count, 0) <> 1
)

select kind, reason, currency, count(*) as costs
from (
    select component as kind, 'no exchange rate for the day' as reason, currency
    from finance.unpriced_part
    union all
    select kind, 'no such order, or two of that name' as reason, currency
    from lost
)
group by kind, reason, currency
