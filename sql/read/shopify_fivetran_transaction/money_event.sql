-- Money given back, by the transaction table that a connector makes of Shopify; sales stand in its order table.
-- grain:  one row per refund
-- key:    shop_id, money_event_id
-- params: $shop
select
    line_no,
    $shop as shop_id,
    refund_id as money_event_id,
    source_order_id,
    'refund' as kind,
    refunded_at as occurred_at,
    negated_text(amount) as amount,
    currency
from file_refund
