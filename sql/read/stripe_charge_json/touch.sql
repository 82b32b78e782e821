-- Where a charge came from, when its metadata says so.
-- grain:  one row per charge that carries its own source
-- key:    touch_id
-- params: $shop, $consent
with

sources as (
    select
        line_no,
        source_order_id,
        created_at,
        attribute_source(role, value, place) as source
    from file_attribute
    where role is not null
    group by line_no, source_order_id, created_at
)

select
    line_no,
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
    source.utm_id as utm_id,
    coalesce(source.click_type, click_id_type(source.landing)) as click_id_type,
    coalesce(person_key('click_id', source.click_value), click_id_key(source.landing)) as click_id_key,
    'stripe' as platform,
    $shop as shop_id,
    source_order_id,
    case when $consent = 'granted' then 'true' end as has_analytics_consent
from sources
where tells_source(source)
