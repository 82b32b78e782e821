-- What a Stripe charge table says was refunded: one amount a charge, without a date.
-- grain:  one row per refunded charge
-- key:    shop_id, source_order_id, refund_id
-- params: $shop, $exported_at
select
    line_no,
    $shop as shop_id,
    source_order_id,
    source_order_id || ':refund' as refund_id,
    coalesce($exported_at, created_at) as refunded_at,
    returned as amount,
    currency
from file_charge
where is_not_zero(returned)
