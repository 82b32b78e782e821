-- Orders of a Shopify order export; the order's columns stand on its first row.
-- grain:  one row per order
-- key:    shop_id, source_order_id
-- params: $shop, $time_zone (only for times without an offset), $date_order, $decimal_mark, $consent
with

orders as (
    select * from shopify_csv_order('input', $time_zone, $date_order, $decimal_mark)
),

goods as (
    select
        source_order_id,
        -- a line that cannot be read is rejected by itself; its order keeps its total
        cast(try_cast(sum_text(list(product_text(quantity, unit_price)) filter (is_gift_card = 'false')) as decimal(18, 6)) as varchar) as gross,
        cast(try_cast(sum_text(list(product_text(quantity, unit_price)) filter (is_gift_card = 'true')) as decimal(18, 6)) as varchar) as gift_card
    from shopify_csv_line('input', $time_zone, $date_order, $decimal_mark)
    where source_order_id is not null
    group by source_order_id
)

select
    orders.line_no,
    $shop as shop_id,
    orders.source_order_id,
    orders.order_name,
    'shopify' as system,
    orders.created_at,
    orders.paid_at,
    orders.cancelled_at,
    orders.financial_status,
    orders.is_test,
    orders.source_name,
    shopify_sales_channel(orders.source_name) as sales_channel,
    orders.currency,
    goods.gross,
    orders.discount,
    orders.tax,
    orders.shipping,
    coalesce(goods.gift_card, '0') as gift_card,
    orders.total,
    orders.is_tax_included,
    orders.customer_key,
    case when $consent = 'granted' then 'true' end as has_analytics_consent,
    orders.country,
    orders.region
from orders
left join goods on goods.source_order_id = orders.source_order_id
