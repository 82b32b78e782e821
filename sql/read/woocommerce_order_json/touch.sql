-- Where WooCommerce orders came from: the shop's order attribution, or a plugin's attributes.
-- grain:  one row per order that carries its own source
-- key:    touch_id
-- params: $shop, $consent
with

sources as (
    select
        line_no,
        updated_at,
        created_at,
        source_order_id,
        attribute_source(role, value, place) as source,
        max_by(value, place) filter (where name = 'source_type') as source_type,
        max_by(value, place) filter (where name = 'session_start_time') as session_start
    from file_attribute
    group by line_no, updated_at, created_at, source_order_id
)

select
    sources.line_no,
    sources.updated_at as observed_at,
    'order_landing:' || $shop || ':' || sources.source_order_id as touch_id,
    -- the attribution script writes UTC; a start that cannot be read, or after the order, is no reason to lose the order
    case
        when try_cast(session_start as timestamp) <= try_cast(sources.created_at as timestamp)
            then strftime(try_cast(session_start as timestamp), '%Y-%m-%dT%H:%M:%SZ')
        else sources.created_at
    end as touched_at,
    'order_landing' as kind,
    url_host(source.landing) as landing_host,
    url_path(source.landing) as landing_path,
    clean_query(source.landing) as landing_query,
    url_host(source.referrer) as referrer_host,
    source.utm_source as utm_source_raw,
    -- the shop saw the visitor come without a referrer: direct, and not merely unknown
    coalesce(source.utm_medium, case when source_type = 'typein' then '(none)' end) as utm_medium_raw,
    source.utm_campaign as utm_campaign_raw,
    source.utm_term as utm_term_raw,
    source.utm_content as utm_content_raw,
    source.utm_id as utm_id,
    coalesce(click_id_type(source.landing), source.click_type) as click_id_type,
    coalesce(click_id_key(source.landing), person_key('click_id', source.click_value)) as click_id_key,
    'woocommerce' as platform,
    $shop as shop_id,
    sources.source_order_id,
    file_order.country,
    file_order.region,
    case when $consent = 'granted' then 'true' end as has_analytics_consent
from sources
inner join file_order on file_order.line_no = sources.line_no and file_order.source_order_id = sources.source_order_id
-- orders keyed in by staff or made in the app had no visit
where coalesce(source_type, '') not in ('admin', 'mobile_app')
    and tells_source(source)
