-- Where the buyer of a Stripe checkout session came from. Borne by its charge where the session names it; else a visit of whoever paid,
-- known by the payment.
-- grain:  one row per session that carries its own source
-- key:    touch_id
-- params: $shop, $consent
with

sources as (
    select
        line_no,
        attribute_source(role, value, place) as source
    from file_attribute
    group by line_no
)

select
    session.line_no,
    case when charge_id is not null then 'order_landing:' || $shop || ':' || charge_id else 'checkout:' || session_id end as touch_id,
    created_at as touched_at,
    case when charge_id is not null then 'order_landing' else 'page' end as kind,
    case when charge_id is null then order_key end as visitor_key,
    url_host(source.landing) as landing_host,
    url_path(source.landing) as landing_path,
    clean_query(source.landing) as landing_query,
    url_host(source.referrer) as referrer_host,
    source.utm_source as utm_source_raw,
    source.utm_medium as utm_medium_raw,
    source.utm_campaign as utm_campaign_raw,
    source.utm_term as utm_term_raw,
    source.utm_content as utm_content_raw,
    source.utm_id as utm_id,
    coalesce(source.click_type, click_id_type(source.landing)) as click_id_type,
    coalesce(person_key('click_id', source.click_value), click_id_key(source.landing)) as click_id_key,
    'stripe' as platform,
    case when charge_id is not null then $shop end as shop_id,
    charge_id as source_order_id,
    country,
    region,
    case when $consent = 'granted' then 'true' end as has_analytics_consent
from sources
inner join file_session as session on session.line_no = sources.line_no
where coalesce(charge_id, order_key) is not null
    and tells_source(source)
