-- Refunds of the transaction table that a connector makes of Shopify.
-- grain:  one row per refund
-- key:    shop_id, source_order_id, refund_id
-- params: $shop
select
    line_no,
    $shop as shop_id,
    source_order_id,
    refund_id,
    refunded_at,
    amount,
    currency
from file_refund
