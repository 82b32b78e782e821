-- Discount codes of Shopify's GraphQL Admin API, which tells them without amounts.
-- grain:  one row per order and code
-- key:    shop_id, source_order_id, discount_index
-- params: $shop
select
    line_no,
    updated_at as observed_at,
    $shop as shop_id,
    source_order_id,
    unnest(generate_series(1, len(discount_codes))) as discount_index,
    unnest(discount_codes) as code,
    case when len(discount_codes) = 1 then discount end as amount
from file_order
where len(discount_codes) > 0
