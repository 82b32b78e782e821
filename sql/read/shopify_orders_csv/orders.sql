-- Orders of a Shopify order export; the order's columns stand on its first row.
-- grain:  one row per order
-- key:    shop_id, source_order_id
-- params: $shop, $consent
with

goods as (
    select
        source_order_id,
        -- a line that cannot be read is rejected by itself; its order keeps its total
        cast(try_cast(sum_text(list(product_text(quantity, unit_price)) filter (is_gift_card = 'false')) as decimal(18, 6)) as varchar) as gross,
        cast(try_cast(sum_text(list(product_text(quantity, unit_price)) filter (is_gift_card = 'true')) as decimal(18, 6)) as varchar) as gift_card
    from file_line
    where source_order_id is not null
    group by source_order_id
)

select
    file_order.line_no,
    $shop as shop_id,
    file_order.source_order_id,
    file_order.order_name,
    'shopify' as system,
    file_order.created_at,
    file_order.paid_at,
    file_order.cancelled_at,
    file_order.financial_status,
    file_order.is_test,
    file_order.source_name,
    shopify_sales_channel(file_order.source_name) as sales_channel,
    file_order.currency,
    goods.gross,
    file_order.discount,
    file_order.tax,
    file_order.shipping,
    coalesce(goods.gift_card, '0') as gift_card,
    file_order.total,
    file_order.is_tax_included,
    file_order.customer_key,
    case when $consent = 'granted' then 'true' end as has_analytics_consent,
    file_order.country,
    file_order.region
from file_order
left join goods on goods.source_order_id = file_order.source_order_id
