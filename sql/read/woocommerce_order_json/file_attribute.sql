-- The meta data of WooCommerce orders that says where they came from: the shop's own order attribution, or a plugin's.
-- grain:  one row per order and attribute, the shop's own last
-- key:    line_no, source_order_id, place
with

listed as (
    select
        line_no,
        updated_at,
        created_at,
        source_order_id,
        customer_key,
        unnest(meta_data) as meta,
        unnest(generate_series(1, len(meta_data))) as meta_index
    from file_order
    where len(meta_data) > 0
),

named as (
    select
        line_no,
        updated_at,
        created_at,
        source_order_id,
        customer_key,
        case when starts_with(meta.key, '_wc_order_attribution_') then 1000000 else 0 end + meta_index as place,
        replace(regexp_replace(attribute_name(meta.key), '^wc_order_attribution_', ''), 'session_entry', 'landing_page') as name,
        attribute_value(meta.value) as value
    from listed
)

select
    *,
    attribute_role(name, value) as role
from named
where attribute_role(name, value) is not null
    or name in ('source_type', 'session_start_time', 'session_pages', 'session_count', 'device_type')
    or kept_attribute_value(name, value) is not null
