-- Where WooCommerce orders came from, attribute by attribute; values that may be personal are left out.
-- grain:  one row per order and attribute name
-- key:    shop_id, source_order_id, name
-- params: $shop
select
    line_no,
    updated_at as observed_at,
    $shop as shop_id,
    source_order_id,
    name,
    case
        when name in ('source_type', 'session_start_time', 'session_pages', 'session_count', 'device_type') then value
        else kept_attribute_value(name, value)
    end as value
from file_attribute
qualify row_number() over (partition by line_no, source_order_id, name order by place desc) = 1
