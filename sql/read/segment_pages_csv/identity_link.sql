-- Visitor and user, as page calls of signed-in persons name them together.
-- grain:  one row per page call with both; nothing from a call that says no to analytics
-- key:    line_no
-- params: $consent
with

pages as (
    select
        line_no,
        zoned_instant_text(coalesce(cell(timestamp), cell(original_timestamp), cell(received_at), cell(sent_at)), 'UTC') as seen_at,
        person_key('visitor', anonymous_id) as visitor,
        person_key('user', user_id) as known_user
    from input
    where segment_analytics_consent(consent_preferences, consent_allowed, consent_denied, $consent) is distinct from 'false'
)

select
    line_no,
    seen_at as observed_at,
    visitor as key_a,
    known_user as key_b,
    'user_id' as kind,
    seen_at
from pages
where visitor is not null
    and known_user is not null
