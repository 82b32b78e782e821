-- E-mail and customer account of the buyer.
-- grain:  one row per order
-- key:    key_a, key_b, kind
select
    line_no,
    updated_at as observed_at,
    customer_person as key_a,
    email_person as key_b,
    'order_email' as kind,
    created_at as seen_at
from file_order
where customer_person is not null and email_person is not null
