-- Refunds larger than their order.
-- severity: warn
-- grain:    one row per order
select shop_id, source_order_id, sum(amount) filter (where kind = 'sale') as sold, sum(amount) filter (where kind <> 'sale') as returned
from staging.money_event
group by shop_id, source_order_id
having sum(amount) < 0
