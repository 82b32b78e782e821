-- Orders of the Shopify REST API and its webhooks, bare or as { "order": {...} }, in canonical text and the shop's currency.
-- grain:  one row per order
-- key:    line_no
-- params: $time_zone (only for times without an offset)
with

documents as (
    select
        line_no,
        from_json(
            case when json_type(record, '$.order') = 'OBJECT' then json_extract(record, '$.order') else cast(record as json) end,
            '{
                "id": "VARCHAR", "admin_graphql_api_id": "VARCHAR", "name": "VARCHAR", "email": "VARCHAR", "contact_email": "VARCHAR",
                "created_at": "VARCHAR", "processed_at": "VARCHAR", "updated_at": "VARCHAR", "cancelled_at": "VARCHAR",
                "financial_status": "VARCHAR", "test": "VARCHAR", "taxes_included": "VARCHAR", "source_name": "VARCHAR",
                "currency": "VARCHAR", "presentment_currency": "VARCHAR",
                "total_price": "VARCHAR", "current_total_price": "VARCHAR", "total_outstanding": "VARCHAR", "total_discounts": "VARCHAR",
                "total_tax": "VARCHAR", "total_tip_received": "VARCHAR", "total_line_items_price": "VARCHAR",
                "total_price_set": {"presentment_money": {"amount": "VARCHAR"}},
                "total_shipping_price_set": {"shop_money": {"amount": "VARCHAR"}},
                "landing_site": "VARCHAR", "referring_site": "VARCHAR",
                "customer": {"id": "VARCHAR", "email": "VARCHAR"},
                "shipping_address": {"country_code": "VARCHAR", "province_code": "VARCHAR", "province": "VARCHAR"},
                "billing_address": {"country_code": "VARCHAR", "province_code": "VARCHAR", "province": "VARCHAR"},
                "note_attributes": [{"name": "VARCHAR", "value": "VARCHAR"}],
                "discount_codes": [{"code": "VARCHAR", "type": "VARCHAR", "amount": "VARCHAR"}],
                "line_items": [{
                    "id": "VARCHAR", "sku": "VARCHAR", "product_id": "VARCHAR", "title": "VARCHAR", "quantity": "VARCHAR", "price": "VARCHAR",
                    "total_discount": "VARCHAR", "gift_card": "VARCHAR",
                    "discount_allocations": [{"amount": "VARCHAR"}], "tax_lines": [{"price": "VARCHAR"}]
                }],
                "shipping_lines": [{"price": "VARCHAR"}],
                "transactions": [{"kind": "VARCHAR", "status": "VARCHAR", "test": "VARCHAR", "amount": "VARCHAR", "currency": "VARCHAR"}],
                "refunds": ["JSON"]
            }'
        ) as document
    from input
),

fields as (
    select
        line_no,
        shopify_id(coalesce(document.id, document.admin_graphql_api_id)) as source_order_id,
        cell(document.name) as order_name,
        export_instant_text(document.created_at, $time_zone, null) as created_at,
        export_instant_text(document.processed_at, $time_zone, null) as processed_at,
        export_instant_text(document.updated_at, $time_zone, null) as updated_at,
        export_instant_text(document.cancelled_at, $time_zone, null) as cancelled_at,
        lower(cell(document.financial_status)) as financial_status,
        flag_text(document.test) as is_test,
        flag_text(document.taxes_included) as is_tax_included,
        lower(cell(document.source_name)) as source_name,
        upper(cell(document.currency)) as currency,
        cell(document.total_price) as total,
        cell(document.current_total_price) as current_total,
        cell(document.total_outstanding) as outstanding,
        cell(document.total_discounts) as discount,
        cell(document.total_tax) as tax,
        cell(document.total_tip_received) as tip,
        cell(document.total_line_items_price) as line_items_price,
        cell(document.total_shipping_price_set.shop_money.amount) as shipping_set_price,
        upper(cell(document.presentment_currency)) as presentment_currency,
        cell(document.total_price_set.presentment_money.amount) as presentment_total,
        coalesce(email_key(document.email), email_key(document.contact_email), email_key(document.customer.email)) as email_person,
        person_key('customer', shopify_id(document.customer.id)) as customer_person,
        cell(document.landing_site) as landing,
        cell(document.referring_site) as referrer,
        case when cell(document.shipping_address.country_code) is not null then document.shipping_address else document.billing_address end as address,
        document.note_attributes as note_attributes,
        document.discount_codes as discount_codes,
        document.line_items as line_items,
        document.shipping_lines as shipping_lines,
        document.refunds as refunds,
        len(document.transactions) > 0 as has_transactions,
        -- what the gateway says, where the export carries it: the order's own test flag can disagree
        list_filter(
            document.transactions,
            payment -> payment.kind in ('sale', 'capture') and payment.status = 'success' and coalesce(payment.test, 'false') <> 'true'
        ) as payments
    from documents
),

summed as (
    select
        *,
        sum_text(list_transform(
            list_filter(line_items, item -> coalesce(item.gift_card, 'false') <> 'true'), item -> product_text(item.quantity, item.price)
        )) as goods,
        sum_text(list_transform(
            list_filter(line_items, item -> item.gift_card = 'true'), item -> product_text(item.quantity, item.price)
        )) as gift_cards,
        sum_text(list_transform(shipping_lines, item -> item.price)) as shipping_price,
        sum_text(list_transform(payments, payment -> payment.amount)) as paid,
        list_distinct(list_transform(payments, payment -> upper(payment.currency))) as paid_currencies
    from fields
)

select
    * exclude (goods, gift_cards, shipping_price, shipping_set_price, line_items_price, address, payments),
    coalesce(email_person, customer_person) as customer_key,
    coalesce(goods, line_items_price) as gross,
    coalesce(gift_cards, '0') as gift_card,
    -- as stated: where prices include tax, so does this one
    coalesce(shipping_price, shipping_set_price) as shipping,
    upper(cell(address.country_code)) as country,
    upper(coalesce(cell(address.province_code), cell(address.province))) as region,
    case
        when len(paid_currencies) > 1 then 'MIXED'
        else coalesce(paid_currencies[1], currency)
    end as captured_currency,
    -- money that was really taken
    case
        when is_test = 'true' then null
        when has_transactions then paid
        when financial_status in ('paid', 'partially_refunded', 'refunded') then total
        when financial_status = 'partially_paid' then sum_text([coalesce(current_total, total), negated_text(coalesce(outstanding, 'unknown: total_outstanding'))])
    end as captured
from summed
