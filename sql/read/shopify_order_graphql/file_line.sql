-- Line items of Shopify's GraphQL Admin API: inside their order, or as the child rows of a bulk file.
-- grain:  one row per line item
-- key:    source_order_id, line_id
with

listed as (
    select
        line_no,
        source_order_id,
        updated_at,
        unnest(graphql_nodes(order_json, '$.lineItems')) as document
    from file_order

    union all

    select
        file_record.line_no,
        shopify_id(file_record.parent_id) as source_order_id,
        file_order.updated_at,
        file_record.document
    from file_record
    left join file_order on file_order.source_order_id = shopify_id(file_record.parent_id)
    where file_record.object = 'LineItem'
),

documents as (
    select
        line_no,
        source_order_id,
        updated_at,
        from_json(document, '{
            "id": "VARCHAR", "sku": "VARCHAR", "title": "VARCHAR", "quantity": "VARCHAR", "isGiftCard": "VARCHAR",
            "originalUnitPriceSet": {"shopMoney": {"amount": "VARCHAR"}},
            "totalDiscountSet": {"shopMoney": {"amount": "VARCHAR"}},
            "product": {"id": "VARCHAR"}
        }') as document
    from listed
)

select
    line_no,
    source_order_id,
    updated_at,
    shopify_id(document.id) as line_id,
    cell(document.sku) as sku,
    shopify_id(document.product.id) as product_id,
    cell(document.title) as title,
    document.quantity as quantity,
    document.originalUnitPriceSet.shopMoney.amount as unit_price,
    document.totalDiscountSet.shopMoney.amount as discount,
    flag_text(document.isGiftCard) as is_gift_card
from documents
