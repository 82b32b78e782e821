-- Line items of WooCommerce orders; a price is what one piece cost after discounts and without tax.
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
    item.id as line_id,
    cell(item.sku) as sku,
    item.product_id as product_id,
    cell(item.name) as title,
    item.quantity as quantity,
    item.price as unit_price,
    sum_text([item.subtotal, negated_text(item.total)]) as discount,
    item.total_tax as tax,
    case when is_gift_card_name(item.name) then 'true' else 'false' end as is_gift_card
from items
