-- Visitor and user of one event; and the order that a purchase names, with who bought it.
-- grain:  one row per event and pair of keys; nothing from an event without consent to analytics
-- key:    line_no, key_a, key_b, kind
-- params: $shop, $consent
with

keys as materialized (
    select
        line_no,
        happened_at as seen_at,
        person_key('visitor', user_pseudo_id) as visitor,
        person_key('user', user_id) as known_user,
        case when event_name = 'purchase' then person_key('order', $shop || ':' || transaction_id) end as bought
    from file_event
    where ga4_analytics_consent(analytics_storage, user_pseudo_id, $consent) is distinct from 'false'
),

pairs as (
    select line_no, seen_at, visitor as key_a, known_user as key_b, 'user_id' as kind from keys
    union all
    select line_no, seen_at, bought, visitor, 'order' from keys
    union all
    select line_no, seen_at, bought, known_user, 'order' from keys
)

select
    line_no,
    seen_at as observed_at,
    key_a,
    key_b,
    kind,
    seen_at
from pairs
where key_a is not null
    and key_b is not null
