-- Items of purchases, when the source is the record of sales ($orders).
-- grain:  one row per item of a purchase event; line_id is its place in the list
-- key:    line_no, line_id
-- params: $orders, $shop
with

events as materialized (
    select * from ga4_json_events('input')
),

placed as (
    select
        line_no,
        happened_at,
        transaction_id,
        unnest(from_json(items, '["JSON"]')) as item,
        generate_subscripts(from_json(items, '["JSON"]'), 1) as place
    from events
    where $orders = 'true'
        and event_name = 'purchase'
        and transaction_id is not null
)

select
    line_no,
    happened_at as observed_at,
    $shop as shop_id,
    transaction_id as source_order_id,
    cast(place as varchar) as line_id,
    cell(item ->> '$.item_id') as sku,
    cell(item ->> '$.item_id') as product_id,
    cell(item ->> '$.item_name') as title,
    cell(item ->> '$.quantity') as quantity,
    coalesce(cell(item ->> '$.price'), cell(item ->> '$.price_in_usd')) as unit_price
from placed
