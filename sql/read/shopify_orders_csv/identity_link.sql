-- Visitor and click ids that a shop's theme wrote into the note attributes, linked to the buyer's e-mail.
-- grain:  one row per order and visitor or click id
-- key:    key_a, key_b, kind
with

links as (
    select line_no, customer_key, created_at, attribute_link(role, value) as link
    from file_attribute
    where customer_key is not null and role is not null
)

select
    line_no,
    person_key(link.kind, link.id) as key_a,
    customer_key as key_b,
    link.kind as kind,
    created_at as seen_at
from links
where link is not null
