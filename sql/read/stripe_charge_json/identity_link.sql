-- What Stripe charges say about who is who: e-mail and customer, visitor and click ids in their metadata.
-- grain:  one row per charge and pair of keys
-- key:    key_a, key_b, kind
with

attributes as (
    select *
    from file_attribute
    where customer_key is not null and role is not null
)

select line_no, customer_person as key_a, email_person as key_b, 'order_email' as kind, created_at as seen_at
from file_charge
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
