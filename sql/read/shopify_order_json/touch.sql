-- Where an order came from, as the order itself tells it: landing page, referrer, note attributes.
-- grain:  one row per order that carries its own source
-- key:    touch_id
-- params: $shop, $consent
with

attributes as (
    select
        line_no,
        attribute_source(role, value, place) as source
    from file_attribute
    where role is not null
    group by line_no
),

sources as (
    select
        file_order.line_no,
        file_order.updated_at,
        file_order.source_order_id,
        file_order.created_at,
        coalesce(file_order.landing, attributes.source.landing) as landing,
        coalesce(file_order.referrer, attributes.source.referrer) as referrer,
        attributes.source,
        file_order.country,
        file_order.region
    from file_order
    left join attributes on attributes.line_no = file_order.line_no
    -- a till and a draft have no landing page
    where coalesce(file_order.source_name, 'web') not in ('pos', 'shopify_draft_order')
),

addresses as (
    select
        * exclude (landing, referrer),
        url_host(landing) as landing_host,
        -- wallet checkouts write the path of the checkout here, which nobody landed on
        case
            when not regexp_matches(landing, '^(?:https?://[^/?#]+)?/(?:[a-z]{2}(?:-[a-z]{2})?/)?(?:\d+/)?(?:checkouts?|cart|wallets)(?:[/?#]|$)')
                then url_path(landing)
        end as landing_path,
        clean_query(landing) as landing_query,
        url_host(referrer) as referrer_host,
        coalesce(click_id_type(landing), source.click_type) as click_id_type,
        coalesce(click_id_key(landing), person_key('click_id', source.click_value)) as click_id_key
    from sources
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
    source.utm_source as utm_source_raw,
    source.utm_medium as utm_medium_raw,
    source.utm_campaign as utm_campaign_raw,
    source.utm_term as utm_term_raw,
    source.utm_content as utm_content_raw,
    source.utm_id as utm_id,
    click_id_type,
    click_id_key,
    'shopify' as platform,
    $shop as shop_id,
    source_order_id,
    country,
    region,
    case when $consent = 'granted' then 'true' end as has_analytics_consent
from addresses
-- an order that says nothing about its source is unattributed, not direct
where source_order_id is not null
    and coalesce(source.utm_source, source.utm_medium, source.utm_campaign, source.utm_id, landing_query, click_id_type, referrer_host) is not null
