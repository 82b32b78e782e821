-- Orders of the WooCommerce REST API (v3), alone, in a list or in the reply to a batch, in canonical text.
-- grain:  one row per order
-- key:    line_no, source_order_id
-- params: $time_zone (only for orders without _gmt times), $shop
with

records as (
    select
        line_no,
        unnest(case
            when json_type(record, '$.create') = 'ARRAY' or json_type(record, '$.update') = 'ARRAY' then list_concat(
                coalesce(from_json(json_extract(record, '$.create'), '["JSON"]'), []), coalesce(from_json(json_extract(record, '$.update'), '["JSON"]'), [])
            )
            else [cast(record as json)]
        end) as document
    from input
),

documents as (
    select
        line_no,
        from_json(document, '{
            "id": "VARCHAR", "number": "VARCHAR", "status": "VARCHAR", "currency": "VARCHAR", "created_via": "VARCHAR",
            "date_created": "VARCHAR", "date_created_gmt": "VARCHAR", "date_modified": "VARCHAR", "date_modified_gmt": "VARCHAR",
            "date_paid": "VARCHAR", "date_paid_gmt": "VARCHAR", "date_completed": "VARCHAR", "date_completed_gmt": "VARCHAR",
            "discount_total": "VARCHAR", "shipping_total": "VARCHAR", "total": "VARCHAR", "total_tax": "VARCHAR",
            "customer_id": "VARCHAR",
            "billing": {"email": "VARCHAR", "country": "VARCHAR", "state": "VARCHAR"},
            "shipping": {"country": "VARCHAR", "state": "VARCHAR"},
            "meta_data": [{"key": "VARCHAR", "value": "VARCHAR"}],
            "line_items": [{
                "id": "VARCHAR", "name": "VARCHAR", "product_id": "VARCHAR", "sku": "VARCHAR", "quantity": "VARCHAR",
                "subtotal": "VARCHAR", "total": "VARCHAR", "total_tax": "VARCHAR", "price": "VARCHAR"
            }],
            "fee_lines": [{"total": "VARCHAR"}],
            "coupon_lines": [{"code": "VARCHAR", "discount": "VARCHAR", "discount_type": "VARCHAR"}],
            "refunds": [{"id": "VARCHAR", "total": "VARCHAR"}]
        }') as document
    from records
),

fields as (
    select
        line_no,
        cell(document.id) as source_order_id,
        cell(document.number) as order_name,
        lower(regexp_replace(cell(document.status), '^wc-', '')) as financial_status,
        upper(cell(document.currency)) as currency,
        lower(cell(document.created_via)) as source_name,
        woocommerce_instant_text(document.date_created_gmt, document.date_created, $time_zone) as created_at,
        woocommerce_instant_text(document.date_modified_gmt, document.date_modified, $time_zone) as updated_at,
        woocommerce_instant_text(document.date_paid_gmt, document.date_paid, $time_zone) as paid_at,
        cell(document.total) as total,
        cell(document.total_tax) as tax,
        cell(document.shipping_total) as shipping,
        cell(document.discount_total) as discount,
        email_key(document.billing.email) as email_person,
        -- a guest is customer 0; the numbers start from 1 in every shop
        case when cell(document.customer_id) <> '0' then person_key('customer', cast($shop as varchar) || ':' || document.customer_id) end as customer_person,
        case when cell(document.shipping.country) is not null then document.shipping else {'country': document.billing.country, 'state': document.billing.state} end as address,
        document.meta_data as meta_data,
        document.line_items as line_items,
        document.fee_lines as fee_lines,
        document.coupon_lines as coupon_lines,
        document.refunds as refunds
    from documents
)

select
    * exclude (address, fee_lines),
    coalesce(email_person, customer_person) as customer_key,
    -- before discounts and without tax, as all amounts of WooCommerce's API are, whatever prices_include_tax says of the shop
    sum_text(list_concat(list_transform(line_items, item -> item.subtotal), list_transform(fee_lines, fee -> fee.total))) as gross,
    upper(cell(address.country)) as country,
    upper(cell(address.state)) as region,
    case when len(list_filter(meta_data, meta -> meta.key = '_wcpay_mode' and meta.value = 'test')) > 0 then 'true' end as is_test,
    -- processing, completed and refunded orders are paid; a plugin's own status is when its order has a date of payment
    financial_status in ('processing', 'completed', 'refunded')
        or paid_at is not null
        and financial_status not in ('pending', 'on-hold', 'cancelled', 'failed', 'trash', 'draft', 'auto-draft', 'checkout-draft') as is_paid
from fields
