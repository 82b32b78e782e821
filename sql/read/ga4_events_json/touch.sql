-- Page views, and other events that carry a source of their own.
-- grain:  one row per such event
-- key:    touch_id (of stream, user, time, event and its place in the bundle: the same in intraday and daily tables)
-- params: $consent
with

allowed as (
    select
        *,
        ga4_touch_kind(event_name, source, medium, campaign, click_id_type) as kind,
        ga4_analytics_consent(analytics_storage, user_pseudo_id, $consent) as has_analytics_consent,
        ga4_ads_consent(ads_storage, $consent) as has_ads_consent
    from file_event
)

select
    line_no,
    happened_at as observed_at,
    person_key('event', identity) as touch_id,
    happened_at as touched_at,
    kind,
    case when has_analytics_consent is distinct from 'false' then person_key('visitor', user_pseudo_id) end as visitor_key,
    case
        when has_analytics_consent is distinct from 'false' then person_key('session', user_pseudo_id || ':' || session_id)
    end as session_key,
    host as landing_host,
    case when has_analytics_consent is distinct from 'false' then url_path(url) end as landing_path,
    clean_query(url) as landing_query,
    url_host(referrer) as referrer_host,
    campaign_text(source) as utm_source_raw,
    campaign_text(medium) as utm_medium_raw,
    campaign_text(campaign) as utm_campaign_raw,
    campaign_text(term) as utm_term_raw,
    campaign_text(content) as utm_content_raw,
    campaign_text(campaign_id) as utm_id,
    click_id_type,
    case
        when has_analytics_consent is distinct from 'false' and has_ads_consent is distinct from 'false' then person_key('click_id', click_id)
    end as click_id_key,
    country,
    region,
    has_analytics_consent,
    has_ads_consent
from allowed
where kind is not null
