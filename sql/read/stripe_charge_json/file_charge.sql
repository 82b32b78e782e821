-- Charges of the Stripe API, in canonical text and major units.
-- grain:  one row per charge
-- key:    line_no
with

documents as (
    select
        line_no,
        from_json(document, '{
            "id": "VARCHAR", "created": "VARCHAR", "currency": "VARCHAR", "status": "VARCHAR", "captured": "VARCHAR", "livemode": "VARCHAR",
            "amount": "VARCHAR", "amount_captured": "VARCHAR", "amount_refunded": "VARCHAR",
            "payment_intent": "VARCHAR", "customer": "VARCHAR", "receipt_email": "VARCHAR",
            "billing_details": {"email": "VARCHAR", "address": {"country": "VARCHAR", "state": "VARCHAR"}},
            "shipping": {"address": {"country": "VARCHAR", "state": "VARCHAR"}},
            "metadata": "JSON", "refunds": {"data": ["JSON"]}, "dispute": "JSON"
        }') as document
    from file_object
    where object = 'charge'
),

fields as (
    select
        line_no,
        cell(document.id) as source_order_id,
        -- an id, or the payment itself when the export expands it
        case when starts_with(document.payment_intent, '{') then json_extract_string(document.payment_intent, '$.id') else cell(document.payment_intent) end as payment_id,
        stripe_instant_text(document.created) as created_at,
        upper(cell(document.currency)) as currency,
        cell(document.status) as status,
        flag_text(document.captured) as captured,
        flag_text(document.livemode) as livemode,
        document.amount as amount,
        document.amount_captured as amount_captured,
        document.amount_refunded as amount_refunded,
        coalesce(email_key(document.receipt_email), email_key(document.billing_details.email)) as email_person,
        -- an id, or the customer itself when the export expands it
        person_key('customer', case when starts_with(document.customer, '{') then json_extract_string(document.customer, '$.id') else document.customer end) as customer_person,
        case
            when cell(document.shipping.address.country) is not null then document.shipping.address
            else document.billing_details.address
        end as address,
        case when json_type(document.metadata) = 'OBJECT' then document.metadata end as metadata,
        document.refunds.data as refunds,
        case when json_type(document.dispute) = 'OBJECT' then document.dispute end as dispute
    from documents
)

select
    line_no,
    source_order_id,
    payment_id,
    created_at,
    currency,
    stripe_financial_status(status, captured) as financial_status,
    case when livemode = 'false' then 'true' when livemode = 'true' then 'false' end as is_test,
    stripe_amount_text(amount, currency) as total,
    case when stripe_is_revenue(status, captured, livemode) then stripe_amount_text(coalesce(amount_captured, amount), currency) end as captured,
    case when stripe_is_revenue(status, captured, livemode) then stripe_amount_text(amount_refunded, currency) end as returned,
    coalesce(email_person, customer_person) as customer_key,
    email_person,
    customer_person,
    upper(cell(address.country)) as country,
    upper(cell(address.state)) as region,
    metadata,
    refunds,
    dispute
from fields
