-- What an order of Shopify's GraphQL Admin API says about who is who.
-- grain:  one row per order and pair of keys
-- key:    key_a, key_b, kind
with

links as (
    select line_no, updated_at, customer_key, created_at, attribute_link(role, value) as link
    from file_attribute
    where customer_key is not null and role is not null
)

select line_no, updated_at as observed_at, customer_person as key_a, email_person as key_b, 'order_email' as kind, created_at as seen_at
from file_order
where customer_person is not null and email_person is not null

union all

select
    line_no,
    updated_at as observed_at,
    person_key(link.kind, link.id) as key_a,
    customer_key as key_b,
    link.kind as kind,
    created_at as seen_at
from links
where link is not null
