-- Who is who, as calls say it: visitor and user, user and e-mail address, order and buyer.
-- grain:  one row per call and pair of keys; nothing from a call that says no to analytics
-- key:    line_no, key_a, key_b, kind
-- params: $shop, $consent
with

calls as materialized (
    select * from segment_calls('input')
),

keys as materialized (
    select
        line_no,
        happened_at as seen_at,
        person_key('visitor', anonymous_id) as visitor,
        person_key('user', user_id) as known_user,
        coalesce(email_key(traits_email), email_key(context_email), email_key(properties_email)) as email,
        case when call_type = 'alias' then previous_id end as previous_id,
        case when order_event = 'completed' then person_key('order', $shop || ':' || order_id) end as bought
    from calls
    where segment_analytics_consent(consent_preferences, consent_allowed, consent_denied, $consent) is distinct from 'false'
),

pairs as (
    select line_no, seen_at, visitor as key_a, known_user as key_b, 'user_id' as kind from keys
    union all
    select line_no, seen_at, coalesce(known_user, visitor), email, 'email' from keys
    union all
    -- an alias does not say whether the earlier id was a visitor's or a user's
    select line_no, seen_at, known_user, person_key('visitor', previous_id), 'user_id' from keys
    union all
    select line_no, seen_at, known_user, person_key('user', previous_id), 'user_id' from keys
    union all
    select line_no, seen_at, bought, visitor, 'order' from keys
    union all
    select line_no, seen_at, bought, known_user, 'order' from keys
    union all
    select line_no, seen_at, bought, email, 'order' from keys
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
