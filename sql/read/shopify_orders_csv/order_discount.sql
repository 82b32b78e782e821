-- Discount codes of a Shopify order export; several codes of one order share one cell and one amount.
-- grain:  one row per order and code
-- key:    shop_id, source_order_id, discount_index
-- params: $shop
with

codes as (
    select
        line_no,
        source_order_id,
        discount,
        list_filter(list_transform(string_split(discount_code, ','), code -> trim(code)), code -> code <> '') as codes
    from file_order
    where discount_code is not null
),

numbered as (
    select
        line_no,
        source_order_id,
        discount,
        len(codes) as code_count,
        unnest(codes) as code,
        unnest(generate_series(1, len(codes))) as discount_index
    from codes
)

select
    line_no,
    $shop as shop_id,
    source_order_id,
    discount_index,
    code,
    -- with several codes the amount of each is unknown
    case when code_count = 1 then discount end as amount
from numbered
