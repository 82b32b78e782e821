-- Orders of Shopify's GraphQL Admin API, in canonical text and the shop's currency.
-- grain:  one row per order
-- key:    line_no, source_order_id
-- params: $time_zone (only for times without an offset)
with

documents as (
    select
        line_no,
        document as order_json,
        from_json(document, '{
            "id": "VARCHAR", "name": "VARCHAR", "email": "VARCHAR", "createdAt": "VARCHAR", "processedAt": "VARCHAR", "updatedAt": "VARCHAR",
            "cancelledAt": "VARCHAR", "displayFinancialStatus": "VARCHAR", "test": "VARCHAR", "taxesIncluded": "VARCHAR", "sourceName": "VARCHAR",
            "currencyCode": "VARCHAR", "presentmentCurrencyCode": "VARCHAR",
            "totalPriceSet": {"shopMoney": {"amount": "VARCHAR", "currencyCode": "VARCHAR"}, "presentmentMoney": {"amount": "VARCHAR", "currencyCode": "VARCHAR"}},
            "totalReceivedSet": {"shopMoney": {"amount": "VARCHAR"}},
            "totalOutstandingSet": {"shopMoney": {"amount": "VARCHAR"}},
            "totalDiscountsSet": {"shopMoney": {"amount": "VARCHAR"}},
            "totalTaxSet": {"shopMoney": {"amount": "VARCHAR"}},
            "totalShippingPriceSet": {"shopMoney": {"amount": "VARCHAR"}},
            "totalTipReceivedSet": {"shopMoney": {"amount": "VARCHAR"}},
            "customer": {"id": "VARCHAR", "email": "VARCHAR", "defaultEmailAddress": {"emailAddress": "VARCHAR"}},
            "shippingAddress": {"countryCodeV2": "VARCHAR", "provinceCode": "VARCHAR"},
            "billingAddress": {"countryCodeV2": "VARCHAR", "provinceCode": "VARCHAR"},
            "customAttributes": [{"key": "VARCHAR", "value": "VARCHAR"}],
            "discountCodes": ["VARCHAR"],
            "refunds": [{
                "id": "VARCHAR", "createdAt": "VARCHAR", "note": "VARCHAR",
                "totalRefundedSet": {"shopMoney": {"amount": "VARCHAR", "currencyCode": "VARCHAR"}}
            }],
            "customerJourneySummary": {"ready": "VARCHAR", "firstVisit": "JSON", "lastVisit": "JSON"}
        }') as document
    from file_record
    where object = 'Order' and json_extract(document, '$.totalPriceSet') is not null
),

fields as (
    select
        line_no,
        order_json,
        shopify_id(document.id) as source_order_id,
        cell(document.name) as order_name,
        export_instant_text(document.createdAt, $time_zone, null) as created_at,
        export_instant_text(document.processedAt, $time_zone, null) as processed_at,
        export_instant_text(document.updatedAt, $time_zone, null) as updated_at,
        export_instant_text(document.cancelledAt, $time_zone, null) as cancelled_at,
        lower(cell(document.displayFinancialStatus)) as financial_status,
        flag_text(document.test) as is_test,
        flag_text(document.taxesIncluded) as is_tax_included,
        lower(cell(document.sourceName)) as source_name,
        upper(coalesce(document.totalPriceSet.shopMoney.currencyCode, document.currencyCode)) as currency,
        document.totalPriceSet.shopMoney.amount as total,
        document.totalReceivedSet.shopMoney.amount as received,
        document.totalOutstandingSet.shopMoney.amount as outstanding,
        document.totalDiscountsSet.shopMoney.amount as discount,
        document.totalTaxSet.shopMoney.amount as tax,
        document.totalShippingPriceSet.shopMoney.amount as shipping,
        document.totalTipReceivedSet.shopMoney.amount as tip,
        upper(coalesce(document.presentmentCurrencyCode, document.totalPriceSet.presentmentMoney.currencyCode)) as presentment_currency,
        document.totalPriceSet.presentmentMoney.amount as presentment_total,
        coalesce(email_key(document.email), email_key(document.customer.email), email_key(document.customer.defaultEmailAddress.emailAddress)) as email_person,
        person_key('customer', shopify_id(document.customer.id)) as customer_person,
        case when cell(document.shippingAddress.countryCodeV2) is not null then document.shippingAddress else document.billingAddress end as address,
        document.customAttributes as custom_attributes,
        document.discountCodes as discount_codes,
        document.refunds as refunds,
        document.customerJourneySummary as journey
    from documents
)

select
    * exclude (address),
    coalesce(email_person, customer_person) as customer_key,
    upper(cell(address.countryCodeV2)) as country,
    upper(cell(address.provinceCode)) as region,
    -- money that was really taken: what was received, where it was asked for, else by the status
    case
        when is_test = 'true' then null
        when financial_status not in ('paid', 'partially_paid', 'partially_refunded', 'refunded') then null
        when received is not null then received
        when financial_status = 'partially_paid' then sum_text([total, negated_text(coalesce(outstanding, 'unknown: totalOutstandingSet'))])
        else total
    end as captured
from fields
