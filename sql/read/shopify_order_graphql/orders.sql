-- Orders of Shopify's GraphQL Admin API.
-- grain:  one row per order
-- key:    shop_id, source_order_id
-- params: $shop, $consent
with

goods as (
    select
        source_order_id,
        sum_text(list(product_text(quantity, unit_price)) filter (is_gift_card is distinct from 'true')) as gross,
        sum_text(list(product_text(quantity, unit_price)) filter (is_gift_card = 'true')) as gift_card
    from file_line
    group by source_order_id
)

select
    file_order.line_no,
    file_order.updated_at as observed_at,
    $shop as shop_id,
    file_order.source_order_id,
    file_order.order_name,
    'shopify' as system,
    file_order.created_at,
    file_order.processed_at,
    file_order.cancelled_at,
    file_order.updated_at,
    file_order.financial_status,
    file_order.is_test,
    file_order.source_name,
    shopify_sales_channel(file_order.source_name) as sales_channel,
    file_order.currency,
    goods.gross,
    file_order.discount,
    file_order.tax,
    file_order.shipping,
    file_order.tip,
    coalesce(goods.gift_card, '0') as gift_card,
    file_order.total,
    file_order.is_tax_included,
    file_order.presentment_currency,
    file_order.presentment_total,
    file_order.customer_key,
    case when $consent = 'granted' then 'true' end as has_analytics_consent,
    file_order.country,
    file_order.region
from file_order
left join goods on goods.source_order_id = file_order.source_order_id
