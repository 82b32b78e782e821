-- Note attributes of a Shopify order export; values that may be personal are left out.
-- grain:  one row per order and attribute name
-- key:    shop_id, source_order_id, name
-- params: $shop, $time_zone, $date_order, $decimal_mark
with

attributes as (
    select
        line_no,
        source_order_id,
        unnest(attributes) as attribute,
        unnest(generate_series(1, len(attributes))) as attribute_index
    from shopify_csv_order('input', $time_zone, $date_order, $decimal_mark)
    where len(attributes) > 0
)

select
    line_no,
    $shop as shop_id,
    source_order_id,
    attribute_name(attribute.name) as name,
    kept_attribute_value(attribute.name, attribute.value) as value
from attributes
where attribute_name(attribute.name) <> ''
qualify row_number() over (partition by source_order_id, attribute_name(attribute.name) order by attribute_index desc) = 1
