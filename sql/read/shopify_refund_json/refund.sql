-- Refunds of the Shopify REST API and its refunds/create webhook: the money that went back, 0 while no transaction succeeded.
-- grain:  one row per refund
-- key:    shop_id, source_order_id, refund_id
-- params: $shop
select
    line_no,
    $shop as shop_id,
    source_order_id,
    refund_id,
    created_at as refunded_at,
    processed_at,
    money.amount as amount,
    money.currency as currency
from file_refund
