-- Refund events, when the source is the record of sales ($orders).
-- grain:  one row per refund event; the time tells one partial refund of an order from the next
-- key:    line_no
-- params: $shop, $orders, $currency
select
    line_no,
    happened_at as observed_at,
    $shop as shop_id,
    transaction_id as source_order_id,
    transaction_id || ':' || happened_at as refund_id,
    happened_at as refunded_at,
    ltrim(ga4_amount(refund_value, refund_value_in_usd, currency, $currency), '-') as amount,
    ga4_currency(refund_value, refund_value_in_usd, currency, $currency) as currency
from file_event
where $orders = 'true'
    and event_name = 'refund'
    and transaction_id is not null
