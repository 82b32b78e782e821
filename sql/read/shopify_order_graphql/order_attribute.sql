-- Custom attributes of Shopify's GraphQL Admin API; values that may be personal are left out.
-- grain:  one row per order and attribute name
-- key:    shop_id, source_order_id, name
-- params: $shop
select
    line_no,
    updated_at as observed_at,
    $shop as shop_id,
    source_order_id,
    name,
    kept_attribute_value(name, value) as value
from file_attribute
qualify row_number() over (partition by source_order_id, name order by place desc) = 1
