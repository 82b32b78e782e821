-- What a Shopify order export says was refunded: one amount an order, without a date.
-- grain:  one row per refunded order
-- key:    shop_id, source_order_id, refund_id
-- params: $shop, $exported_at
select
    line_no,
    $shop as shop_id,
    source_order_id,
    source_order_id || ':refund' as refund_id,
    -- cancelled and wholly refunded happen together; else the day of the export is the earliest that is known for sure
    case
        when cancelled_at is not null and returned = total then cancelled_at
        else coalesce($exported_at, cancelled_at, paid_at, created_at)
    end as refunded_at,
    returned as amount,
    currency
from file_order
where is_not_zero(returned)
