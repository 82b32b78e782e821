-- Sales of the order table that a connector makes of Shopify; what went back stands in its transaction table.
-- grain:  one row per sale
-- key:    shop_id, money_event_id
-- params: $shop
select
    line_no,
    updated_at as observed_at,
    $shop as shop_id,
    source_order_id || ':sale' as money_event_id,
    source_order_id,
    'sale' as kind,
    created_at as occurred_at,
    captured as amount,
    currency,
    discount,
    tax
from file_order
where captured is not null
