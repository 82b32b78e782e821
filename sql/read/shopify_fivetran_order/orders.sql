-- Orders of the order table that a connector makes of Shopify.
-- grain:  one row per order
-- key:    shop_id, source_order_id
-- params: $shop, $consent
select
    line_no,
    updated_at as observed_at,
    $shop as shop_id,
    source_order_id,
    order_name,
    'shopify' as system,
    created_at,
    processed_at,
    cancelled_at,
    updated_at,
    financial_status,
    is_test,
    source_name,
    shopify_sales_channel(source_name) as sales_channel,
    currency,
    gross,
    discount,
    tax,
    total,
    is_tax_included,
    customer_key,
    case when $consent = 'granted' then 'true' end as has_analytics_consent,
    country,
    region
from file_order
