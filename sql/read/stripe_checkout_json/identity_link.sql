-- What a Stripe checkout session says about who is who: who made the payment, e-mail and customer, visitor and click ids.
-- grain:  one row per session and pair of keys
-- key:    key_a, key_b, kind
with

attributes as (
    select
        file_attribute.line_no,
        session.created_at,
        session.customer_key,
        role,
        value
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
    case
        when role = 'visitor' then person_key('visitor', attribute_visitor(value))
        when role = 'landing' then click_id_key(value)
        else person_key('click_id', attribute_click_id(role, value))
    end as key_a,
    customer_key as key_b,
    case when role = 'visitor' then 'visitor' else 'click_id' end as kind,
    created_at as seen_at
from attributes
where role = 'visitor' or attribute_click_id(role, value) is not null or role = 'landing' and click_id_value(value) is not null
