-- Visitor ids of web analytics that a shop's theme wrote into the note attributes, linked to the buyer's e-mail.
-- grain:  one row per order and visitor id
-- key:    key_a, key_b, kind
-- params: $time_zone, $date_order, $decimal_mark
with

visitors as (
    select
        line_no,
        customer_key,
        created_at,
        unnest(attribute_visitors(attributes)) as visitor
    from shopify_csv_order('input', $time_zone, $date_order, $decimal_mark)
    where customer_key is not null and len(attributes) > 0
)

select
    line_no,
    person_key('visitor', visitor) as key_a,
    customer_key as key_b,
    'visitor' as kind,
    created_at as seen_at
from visitors
