-- Refunds inside the orders of Shopify's GraphQL Admin API.
-- grain:  one row per refund
-- key:    shop_id, source_order_id, refund_id
-- params: $shop, $time_zone
with

refunds as (
    select
        line_no,
        updated_at,
        source_order_id,
        is_test,
        currency,
        unnest(refunds) as refund
    from file_order
    where len(refunds) > 0
)

select
    line_no,
    updated_at as observed_at,
    $shop as shop_id,
    source_order_id,
    shopify_id(refund.id) as refund_id,
    export_instant_text(refund.createdAt, $time_zone, null) as refunded_at,
    case when is_test = 'true' then '0' else refund.totalRefundedSet.shopMoney.amount end as amount,
    upper(coalesce(refund.totalRefundedSet.shopMoney.currencyCode, currency)) as currency
from refunds
