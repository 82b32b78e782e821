-- Where an order came from, by its landing page and referrer.
-- grain:  one row per order that carries its own source
-- key:    touch_id
-- params: $shop, $consent
with

addresses as (
    select
        line_no,
        updated_at,
        source_order_id,
        created_at,
        country,
        region,
        url_host(landing) as landing_host,
        case when regexp_matches(landing, '^(?:https?://|/)') then url_path(landing) end as landing_path,
        clean_query(landing) as landing_query,
        url_host(referrer) as referrer_host,
        click_id_type(landing) as click_id_type,
        click_id_key(landing) as click_id_key
    from file_order
)

select
    line_no,
    updated_at as observed_at,
    'order_landing:' || $shop || ':' || source_order_id as touch_id,
    created_at as touched_at,
    'order_landing' as kind,
    landing_host,
    landing_path,
    landing_query,
    referrer_host,
    click_id_type,
    click_id_key,
    'shopify' as platform,
    $shop as shop_id,
    source_order_id,
    country,
    region,
    case when $consent = 'granted' then 'true' end as has_analytics_consent
from addresses
where source_order_id is not null and coalesce(landing_query, click_id_type, referrer_host) is not null
