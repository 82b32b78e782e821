-- Visits of an order's customer journey; for an order without one, the source that its attributes tell.
-- grain:  one row per order and visit
-- key:    touch_id
-- params: $shop, $consent
with

visits as (
    select
        *,
        -- Shopify's own reading stands in only where the visit itself says nothing
        utm_source is null and utm_medium is null and utm_campaign is null and referrer_host is null as is_bare
    from file_visit
),

attributes as (
    select
        line_no,
        updated_at,
        created_at,
        source_order_id,
        attribute_source(role, value, place) as source
    from file_attribute
    where role is not null and source_order_id not in (select source_order_id from file_visit)
    group by line_no, updated_at, created_at, source_order_id
)

select
    line_no,
    updated_at as observed_at,
    'order_journey:' || $shop || ':' || source_order_id || ':' || visit_id as touch_id,
    occurred_at as touched_at,
    'order_journey' as kind,
    url_host(landing) as landing_host,
    case when regexp_matches(landing, '^(?:https?://|/)') then url_path(landing) end as landing_path,
    clean_query(landing) as landing_query,
    referrer_host,
    case when is_bare and source = 'direct' then '(direct)' when is_bare then source else utm_source end as utm_source_raw,
    case
        when is_bare and source = 'direct' then '(none)'
        when is_bare and source_type = 'search' then 'organic'
        when is_bare then source_type
        else utm_medium
    end as utm_medium_raw,
    utm_campaign as utm_campaign_raw,
    utm_term as utm_term_raw,
    utm_content as utm_content_raw,
    click_id_type(landing) as click_id_type,
    click_id_key(landing) as click_id_key,
    'shopify' as platform,
    $shop as shop_id,
    source_order_id,
    case when $consent = 'granted' then 'true' end as has_analytics_consent
from visits

union all

select
    line_no,
    updated_at as observed_at,
    'order_landing:' || $shop || ':' || source_order_id as touch_id,
    created_at as touched_at,
    'order_landing' as kind,
    url_host(source.landing) as landing_host,
    url_path(source.landing) as landing_path,
    clean_query(source.landing) as landing_query,
    url_host(source.referrer) as referrer_host,
    source.utm_source as utm_source_raw,
    source.utm_medium as utm_medium_raw,
    source.utm_campaign as utm_campaign_raw,
    source.utm_term as utm_term_raw,
    source.utm_content as utm_content_raw,
    coalesce(source.click_type, click_id_type(source.landing)) as click_id_type,
    coalesce(person_key('click_id', source.click_value), click_id_key(source.landing)) as click_id_key,
    'shopify' as platform,
    $shop as shop_id,
    source_order_id,
    case when $consent = 'granted' then 'true' end as has_analytics_consent
from attributes
where tells_source(source)
