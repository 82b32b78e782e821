-- Visits from the warehouse table of pages that Segment and RudderStack write.
-- grain:  one row per page call
-- key:    touch_id (the message id, as in segment_batch_json)
-- params: $consent
with

pages as (
    select
        line_no,
        cell(id) as touch_id,
        -- the warehouse writes UTC without saying so
        zoned_instant_text(coalesce(cell(timestamp), cell(original_timestamp), cell(received_at), cell(sent_at)), 'UTC') as touched_at,
        anonymous_id,
        user_id,
        session_id,
        cell(url) as url,
        cell(path) as path,
        cell(search) as search,
        referrer,
        campaign_source,
        campaign_medium,
        campaign_name,
        campaign_term,
        campaign_content,
        campaign_id,
        user_agent,
        cell(country) as country,
        cell(region) as region,
        segment_analytics_consent(consent_preferences, consent_allowed, consent_denied, $consent) as has_analytics_consent,
        segment_ads_consent(consent_preferences, consent_allowed, consent_denied, $consent) as has_ads_consent
    from input
),

allowed as (
    select
        *,
        has_analytics_consent is distinct from 'false' as may_know_visitor,
        has_analytics_consent is distinct from 'false' and has_ads_consent is distinct from 'false' as may_know_click
    from pages
)

select
    line_no,
    touched_at as observed_at,
    touch_id,
    touched_at,
    'page' as kind,
    case when may_know_visitor then coalesce(person_key('visitor', anonymous_id), person_key('user', user_id)) end as visitor_key,
    case when may_know_visitor then person_key('session', session_id) end as session_key,
    url_host(url) as landing_host,
    case when may_know_visitor then coalesce(url_path(path), url_path(url)) end as landing_path,
    coalesce(clean_query(url), clean_query(search)) as landing_query,
    url_host(referrer) as referrer_host,
    campaign_text(campaign_source) as utm_source_raw,
    campaign_text(campaign_medium) as utm_medium_raw,
    campaign_text(campaign_name) as utm_campaign_raw,
    campaign_text(campaign_term) as utm_term_raw,
    campaign_text(campaign_content) as utm_content_raw,
    campaign_text(campaign_id) as utm_id,
    coalesce(click_id_type(url), click_id_type(search)) as click_id_type,
    case when may_know_click then coalesce(click_id_key(url), click_id_key(search)) end as click_id_key,
    country,
    region,
    is_bot_agent(user_agent) as is_bot,
    has_analytics_consent,
    has_ads_consent
from allowed
