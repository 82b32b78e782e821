-- Refunds inside Shopify orders: the money that went back, 0 while no transaction succeeded.
-- grain:  one row per refund
-- key:    shop_id, source_order_id, refund_id
-- params: $shop
select
    line_no,
    observed_at,
    $shop as shop_id,
    source_order_id,
    refund_id,
    created_at as refunded_at,
    processed_at,
    case when is_test = 'true' then '0' else money.amount end as amount,
    money.currency as currency
from file_refund
