-- Charges of a Stripe charge table, in canonical text and major units.
-- grain:  one row per charge
-- key:    line_no
with

cells as (
    select
        line_no,
        cell(id) as source_order_id,
        cell(payment_intent_id) as payment_id,
        cell(created) as created,
        upper(cell(currency)) as currency,
        cell(amount) as amount,
        cell(amount_captured) as amount_captured,
        cell(amount_refunded) as amount_refunded,
        cell(status) as status,
        flag_text(captured) as captured,
        flag_text(livemode) as livemode,
        email_key(receipt_email) as email_person,
        person_key('customer', customer_id) as customer_person,
        upper(cell(shipping_country)) as country,
        upper(cell(shipping_state)) as region,
        try_cast(nullif(trim(metadata), '') as json) as metadata
    from input
)

select
    line_no,
    source_order_id,
    payment_id,
    stripe_instant_text(created) as created_at,
    currency,
    stripe_financial_status(status, captured) as financial_status,
    case when livemode = 'false' then 'true' when livemode = 'true' then 'false' end as is_test,
    stripe_amount_text(amount, currency) as total,
    case when stripe_is_revenue(status, captured, livemode) then stripe_amount_text(coalesce(amount_captured, amount), currency) end as captured,
    case when stripe_is_revenue(status, captured, livemode) then stripe_amount_text(amount_refunded, currency) end as returned,
    coalesce(email_person, customer_person) as customer_key,
    email_person,
    customer_person,
    country,
    region,
    metadata
from cells
