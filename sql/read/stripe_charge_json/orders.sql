-- Stripe charges as orders: for shops whose system of record is Stripe.
-- grain:  one row per charge
-- key:    shop_id, source_order_id
-- params: $shop, $consent
select
    line_no,
    $shop as shop_id,
    source_order_id,
    -- checkout sessions know the payment, not its charge
    payment_id as order_name,
    'stripe' as system,
    created_at,
    case when captured is not null then created_at end as paid_at,
    financial_status,
    is_test,
    'unknown' as sales_channel,
    currency,
    total,
    customer_key,
    case when $consent = 'granted' then 'true' end as has_analytics_consent,
    country,
    region
from file_charge
