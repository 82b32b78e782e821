-- Visits that Shopify's customer journey knows of an order: first, last and those between.
-- grain:  one row per order and visit
-- key:    touch_id
-- params: $shop, $consent
with

visits as (
    select
        line_no,
        cell(id) as visit_id,
        shopify_id(order_id) as source_order_id,
        export_instant_text(cell(occurred_at), 'UTC', null) as occurred_at,
        cell(landing_page) as landing,
        url_host(referrer_url) as referrer_host,
        lower(cell(source)) as source,
        lower(cell(source_type)) as source_type,
        kept_parameter(cell(utm_source)) as utm_source,
        kept_parameter(cell(utm_medium)) as utm_medium,
        kept_parameter(cell(utm_campaign)) as utm_campaign,
        kept_parameter(cell(utm_term)) as utm_term,
        kept_parameter(cell(utm_content)) as utm_content
    from input
),

named as (
    select
        *,
        -- Shopify's own reading stands in only where the visit itself says nothing
        utm_source is null and utm_medium is null and utm_campaign is null and referrer_host is null as is_bare
    from visits
)

select
    line_no,
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
from named
