-- Visits and clicks from Segment and RudderStack calls.
-- grain:  one row per page call, per track or screen call that names a campaign, and per completed order that names one
-- key:    touch_id (the message id, the same when a call is sent again; an order's own source goes by the order)
-- params: $shop, $consent
with

calls as materialized (
    select * from segment_calls('input')
),

consented as (
    select
        *,
        segment_analytics_consent(consent_preferences, consent_allowed, consent_denied, $consent) as has_analytics_consent,
        segment_ads_consent(consent_preferences, consent_allowed, consent_denied, $consent) as has_ads_consent,
        coalesce(clean_query(url), clean_query(search)) as landing_query
    from calls
),

sorted as (
    select
        *,
        case
            when call_type = 'page' then 'page'
            when coalesce(campaign_source, campaign_medium, campaign_name, campaign_id) is null then null
            -- the browser library repeats the campaign of the page's URL on every call made there: the page call has it
            when landing_query is not null then null
            when order_event = 'completed' and order_id is not null then 'order_journey'
            when call_type in ('track', 'screen') and order_event is null then 'click'
        end as kind,
        has_analytics_consent is distinct from 'false' as may_know_visitor,
        has_analytics_consent is distinct from 'false' and has_ads_consent is distinct from 'false' as may_know_click
    from consented
)

select
    line_no,
    happened_at as observed_at,
    case
        when kind = 'order_journey' then 'segment:' || $shop || ':' || order_id
        when message_id is not null then message_id
        else person_key('event', concat_ws(chr(31), call_type, anonymous_id, user_id, happened_at, url, event))
    end as touch_id,
    happened_at as touched_at,
    kind,
    case
        when kind <> 'order_journey' and may_know_visitor
            then coalesce(person_key('visitor', anonymous_id), person_key('user', user_id))
    end as visitor_key,
    case when may_know_visitor then person_key('session', session_id) end as session_key,
    url_host(url) as landing_host,
    case when may_know_visitor then coalesce(url_path(path), url_path(url)) end as landing_path,
    landing_query,
    url_host(referrer) as referrer_host,
    campaign_text(campaign_source) as utm_source_raw,
    campaign_text(campaign_medium) as utm_medium_raw,
    campaign_text(campaign_name) as utm_campaign_raw,
    campaign_text(campaign_term) as utm_term_raw,
    campaign_text(campaign_content) as utm_content_raw,
    campaign_text(campaign_id) as utm_id,
    coalesce(click_id_type(url), click_id_type(search)) as click_id_type,
    case when may_know_click then coalesce(click_id_key(url), click_id_key(search)) end as click_id_key,
    case when kind = 'order_journey' then $shop end as shop_id,
    case when kind = 'order_journey' then order_id end as source_order_id,
    country,
    region,
    is_bot_agent(user_agent) as is_bot,
    has_analytics_consent,
    has_ads_consent
from sorted
where kind is not null
