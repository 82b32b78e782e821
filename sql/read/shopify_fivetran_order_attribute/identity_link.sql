-- Visitor ids of web analytics among the attributes, linked to the order they stand on.
-- grain:  one row per order and visitor id
-- key:    key_a, key_b, kind
-- params: $shop
with

named as (
    select
        line_no,
        shopify_id(order_id) as source_order_id,
        attribute_value(value) as value,
        attribute_role(attribute_name(name), attribute_value(value)) as role
    from input
)

select
    line_no,
    person_key('visitor', attribute_visitor(value)) as key_a,
    person_key('order', $shop || ':' || source_order_id) as key_b,
    'order' as kind
from named
where role = 'visitor' and source_order_id is not null
