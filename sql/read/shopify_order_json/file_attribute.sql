-- The note attributes of Shopify orders.
-- grain:  one row per order and attribute, in the order they stand
-- key:    line_no, place
with

listed as (
    select
        line_no,
        updated_at,
        created_at,
        source_order_id,
        customer_key,
        unnest(note_attributes) as attribute,
        unnest(generate_series(1, len(note_attributes))) as place
    from file_order
    where len(note_attributes) > 0
),

named as (
    select
        line_no,
        updated_at,
        created_at,
        source_order_id,
        customer_key,
        place,
        attribute_name(attribute.name) as name,
        attribute_value(attribute.value) as value
    from listed
)

select
    *,
    attribute_role(name, value) as role
from named
where name <> ''
