-- Checkout sessions of the Stripe API, bare, in a list or inside an event, in canonical text; those of test mode are left out.
-- grain:  one row per session
-- key:    line_no
-- params: $shop
with

documents as (
    select
        line_no,
        from_json(
            case when json_extract_string(record, '$.object') = 'event' then json_extract(record, '$.data.object') else cast(record as json) end,
            '{
                "id": "VARCHAR", "created": "VARCHAR", "livemode": "VARCHAR", "client_reference_id": "VARCHAR", "customer": "VARCHAR",
                "customer_email": "VARCHAR", "payment_intent": "VARCHAR", "metadata": "JSON",
                "customer_details": {"email": "VARCHAR", "address": {"country": "VARCHAR", "state": "VARCHAR"}}
            }'
        ) as document
    from input
),

fields as (
    select
        line_no,
        cell(document.id) as session_id,
        stripe_instant_text(document.created) as created_at,
        -- an id, or the payment itself when the export expands it; then it names its charge
        case when starts_with(document.payment_intent, '{') then json_extract_string(document.payment_intent, '$.id') else cell(document.payment_intent) end as payment_id,
        case when starts_with(document.payment_intent, '{') then json_extract(document.payment_intent, '$.latest_charge') end as charge,
        coalesce(email_key(document.customer_details.email), email_key(document.customer_email)) as email_person,
        person_key('customer', case when starts_with(document.customer, '{') then json_extract_string(document.customer, '$.id') else document.customer end) as customer_person,
        upper(cell(document.customer_details.address.country)) as country,
        upper(cell(document.customer_details.address.state)) as region,
        cell(document.client_reference_id) as reference,
        case when json_type(document.metadata) = 'OBJECT' then document.metadata end as metadata
    from documents
    where flag_text(document.livemode) is distinct from 'false'
)

select
    * exclude (charge),
    case when json_type(charge) = 'OBJECT' then json_extract_string(charge, '$.id') else charge ->> '$' end as charge_id,
    person_key('order', cast($shop as varchar) || ':' || payment_id) as order_key,
    coalesce(email_person, customer_person) as customer_key
from fields
