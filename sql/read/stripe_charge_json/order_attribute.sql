-- Metadata of Stripe charges; values that may be personal are left out.
-- grain:  one row per charge and metadata key
-- key:    shop_id, source_order_id, name
-- params: $shop
select
    line_no,
    $shop as shop_id,
    source_order_id,
    name,
    kept_attribute_value(name, value) as value
from file_attribute
qualify row_number() over (partition by line_no, name order by place desc) = 1
