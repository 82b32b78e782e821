-- Note attributes and landing page parameters (url tags) of the tables that a connector makes of Shopify.
-- grain:  one row per order and attribute name
-- key:    shop_id, source_order_id, name
-- params: $shop
with

named as (
    select
        line_no,
        shopify_id(order_id) as source_order_id,
        attribute_name(name) as name,
        attribute_value(value) as value
    from input
)

select
    line_no,
    $shop as shop_id,
    source_order_id,
    name,
    kept_attribute_value(name, value) as value
from named
