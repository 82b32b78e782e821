-- What belongs to an order beside its revenue, in the currency it was told in: discounts, tax and shipping of each money event, the
-- cost of its pieces, its fulfilment and its payment fee.
-- grain:  one row per conversion, component and fact
-- key:    conversion_id, component, fact
-- units:  amount in `currency`; costs positive, discounts as they were given (positive)
with

names as (
    select upper(orders.order_name) as order_name, conversion.shop_id, conversion.conversion_id, conversion.conversion_date
    from staging.conversion as conversion
    inner join staging.orders as orders
        on orders.shop_id = conversion.shop_id
        and orders.source_order_id = conversion.source_order_id
    where orders.order_name is not null
        and exists (select 1 from staging.cost where order_name is not null)
),

-- a name that two shops use says nothing without its shop
unique_names as (
    select order_name, min(conversion_id) as conversion_id, min(conversion_date) as conversion_date
    from names
    group by order_name
    having count(*) = 1
),

by_order as (
    select
        cost.kind as component,
        concat_ws(' ', cost.kind, cost.shop_id, cast(cost.cost_date as varchar), cost.sku) as fact,
        coalesce(names.conversion_id, unique_names.conversion_id) as conversion_id,
        coalesce(names.conversion_date, unique_names.conversion_date) as conversion_date,
        cost.cost_date,
        cost.amount,
        cost.currency
    from staging.cost as cost
    left join names
        on names.order_name = upper(cost.order_name)
        and names.shop_id = cost.shop_id
    left join unique_names
        on unique_names.order_name = case when cost.shop_id is null then upper(cost.order_name) end
    where cost.order_name is not null
        and cost.kind in ('cogs', 'fulfilment', 'payment_fee')
),

events as (
    select ledger.*
    from staging.ledger_part as ledger
    where ledger.discount_net <> 0 or ledger.tax <> 0 or ledger.shipping_net <> 0
)

select conversion_id, 'discount' as component, money_event_id as fact, event_date as fact_date, conversion_date as order_date, currency, discount_net as amount
from events
where discount_net <> 0
union all
select conversion_id, 'tax', money_event_id, event_date, conversion_date, currency, tax
from events
where tax <> 0
union all
select conversion_id, 'shipping', money_event_id, event_date, conversion_date, currency, shipping_net
from events
where shipping_net <> 0
union all
select conversion_id, 'cogs', line_key, moved_date, conversion_date, currency, cast(cast(quantity as decimal(12, 3)) * cast(unit_cost as decimal(18, 6)) as decimal(18, 6))
from finance.sold_line
where unit_cost is not null
union all
select conversion_id, component, fact, coalesce(cost_date, conversion_date), conversion_date, currency, amount
from by_order
where conversion_id is not null
    and amount <> 0
