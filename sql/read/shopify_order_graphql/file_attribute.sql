-- Custom attributes of the orders, which the admin shows as note attributes.
-- grain:  one row per order and attribute, in the order they stand
-- key:    line_no, source_order_id, place
with

listed as (
    select
        line_no,
        updated_at,
        created_at,
        source_order_id,
        customer_key,
        unnest(custom_attributes) as attribute,
        unnest(generate_series(1, len(custom_attributes))) as place
    from file_order
    where len(custom_attributes) > 0
),

named as (
    select
        * exclude (attribute),
        attribute_name(attribute.key) as name,
        attribute_value(attribute.value) as value
    from listed
)

select
    *,
    attribute_role(name, value) as role
from named
where name <> ''
