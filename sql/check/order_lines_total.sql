-- Orders whose lines do not add up to their goods: reconciled by the ledger, not "fixed".
-- severity: warn
-- grain:    one row per order
with

lines as (
    select shop_id, source_order_id, sum(quantity * unit_price) as lines_total
    from staging.order_line
    group by shop_id, source_order_id
)

select orders.shop_id, orders.source_order_id, orders.gross, lines.lines_total
from staging.orders as orders
inner join lines
    on lines.shop_id = orders.shop_id
    and lines.source_order_id = orders.source_order_id
where orders.gross is not null
    and abs(orders.gross - lines.lines_total) >= 0.01
