-- Line items of the Shopify REST API and its webhooks.
-- grain:  one row per line item
-- key:    shop_id, source_order_id, line_id
-- params: $shop
with

items as (
    select
        line_no,
        updated_at,
        source_order_id,
        unnest(line_items) as item
    from file_order
    where len(line_items) > 0
)

select
    line_no,
    updated_at as observed_at,
    $shop as shop_id,
    source_order_id,
    shopify_id(item.id) as line_id,
    cell(item.sku) as sku,
    shopify_id(item.product_id) as product_id,
    cell(item.title) as title,
    item.quantity as quantity,
    item.price as unit_price,
    coalesce(sum_text(list_transform(item.discount_allocations, part -> part.amount)), cell(item.total_discount)) as discount,
    sum_text(list_transform(item.tax_lines, part -> part.price)) as tax,
    flag_text(item.gift_card) as is_gift_card
from items
