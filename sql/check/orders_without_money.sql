-- Shops whose orders bring no money at all, so that none of them counts; load what was paid, or let the orders themselves count.
-- severity: warn
-- grain:    one row per shop and system
with

sold as (
    select distinct shop_id
    from staging.money_event
    where kind = 'sale'
)

select orders.shop_id, orders.system, count(*) as orders
from staging.orders as orders
anti join sold
    on sold.shop_id = orders.shop_id
where not coalesce(orders.is_test, false)
    -- orders that nobody paid for are right to count for nothing
    and coalesce(lower(orders.financial_status), 'paid') not in (
        'pending', 'authorized', 'voided', 'expired', 'failed', 'cancelled', 'canceled', 'unpaid', 'open', 'on-hold', 'draft', 'abandoned'
    )
group by orders.shop_id, orders.system
