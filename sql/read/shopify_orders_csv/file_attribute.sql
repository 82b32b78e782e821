-- The note attributes of a Shopify order export: lines of `name: value` in one cell.
-- grain:  one row per order and attribute, in the order they stand
-- key:    line_no, place
with

listed as (
    select
        line_no,
        source_order_id,
        created_at,
        customer_key,
        unnest(attribute_lines) as attribute_line,
        unnest(generate_series(1, len(attribute_lines))) as place
    from file_order
    where len(attribute_lines) > 0
),

named as (
    select
        line_no,
        source_order_id,
        created_at,
        customer_key,
        place,
        attribute_name(split_part(attribute_line, ':', 1)) as name,
        attribute_value(attribute_line[strpos(attribute_line, ':') + 1:]) as value
    from listed
)

select
    *,
    attribute_role(name, value) as role
from named
where name <> ''
