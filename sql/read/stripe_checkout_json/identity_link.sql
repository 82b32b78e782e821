-- What a Stripe checkout session says about who is who: who made the payment, e-mail and customer, visitor and click ids.
-- grain:  one row per session and pair of keys
-- key:    key_a, key_b, kind
with

links as (
    select
        file_attribute.line_no,
        session.created_at,
        session.customer_key,
        attribute_link(role, value) as link
    from file_attribute
    inner join file_session as session on session.line_no = file_attribute.line_no
    where session.customer_key is not null
)

-- the payment is a meeting point: the charge of it knows it too
select line_no, order_key as key_a, customer_key as key_b, 'order' as kind, created_at as seen_at
from file_session
where order_key is not null and customer_key is not null

union all

select line_no, customer_person as key_a, email_person as key_b, 'order_email' as kind, created_at as seen_at
from file_session
where customer_person is not null and email_person is not null

union all

select
    line_no,
    person_key(link.kind, link.id) as key_a,
    customer_key as key_b,
    link.kind as kind,
    created_at as seen_at
from links
where link is not null
