-- Products of completed orders, when the source is the record of sales ($orders).
-- grain:  one row per product of an Order Completed call; line_id is its place in the list, as a product may stand there twice
-- key:    line_no, line_id
-- params: $shop, $orders, $decimal_mark
with

calls as materialized (
    select * from segment_calls('input')
),

products as (
    select
        line_no,
        happened_at,
        order_id,
        from_json(products, '["JSON"]') as list
    from calls
    where $orders = 'true'
        and order_event = 'completed'
),

placed as (
    select
        line_no,
        happened_at,
        order_id,
        unnest(list) as product,
        generate_subscripts(list, 1) as place
    from products
)

select
    line_no,
    happened_at as observed_at,
    $shop as shop_id,
    order_id as source_order_id,
    cast(place as varchar) as line_id,
    cell(product ->> '$.sku') as sku,
    coalesce(cell(product ->> '$.product_id'), cell(product ->> '$.id')) as product_id,
    cell(product ->> '$.name') as title,
    json_number_text(product -> '$.quantity', $decimal_mark) as quantity,
    json_number_text(product -> '$.price', $decimal_mark) as unit_price,
    json_number_text(product -> '$.discount', $decimal_mark) as discount
from placed
