-- Events of Google Analytics 4, the same flat columns from Fivetran's table (CSV) and from BigQuery's export (JSON).
-- `traffic_source` is the first touch of the user and is never read; what is read is the source of this event.
-- Read them into a materialized CTE.

-- value of an event parameter, whichever type it has
create or replace temporary macro ga4_parameter(parameters, name) as
    list_transform(
        list_filter(parameters, p -> p.key = name)[1:1],
        p -> coalesce(p.value.string_value, p.value.int_value, p.value.double_value, p.value.float_value)
    )[1];

-- 'yes' and 'no' as GA4 writes consent; without a word about it, an event without a user id is one whose user said no
create or replace temporary macro ga4_analytics_consent(storage, user_pseudo_id, declared) as
    case
        when lower(storage) in ('yes', 'true', 'granted') then 'true'
        when lower(storage) in ('no', 'false', 'denied') or cell(user_pseudo_id) is null then 'false'
        when declared = 'granted' then 'true'
    end;

create or replace temporary macro ga4_ads_consent(storage, declared) as
    case
        when lower(storage) in ('yes', 'true', 'granted') then 'true'
        when lower(storage) in ('no', 'false', 'denied') then 'false'
        when declared = 'granted' then 'true'
    end;

-- 'page', 'click' (an event that carries a source of its own) or null: the start of a session repeats the source of its first
-- page or lacks it, and a purchase is the conversion, where the way back from the payment page passes for a source
create or replace temporary macro ga4_touch_kind(event_name, source, medium, campaign, click_id_type) as
    case
        when event_name in ('page_view', 'screen_view') then 'page'
        when list_contains(['session_start', 'first_visit', 'first_open', 'user_engagement', 'purchase', 'refund'], event_name) then null
        when coalesce(source, medium, campaign, click_id_type) is not null then 'click'
    end;

-- an amount in its own currency where that is known, else in dollars
create or replace temporary macro ga4_amount(amount, amount_in_usd, currency, declared_currency) as
    case when amount is not null and (coalesce(currency, declared_currency) is not null or amount_in_usd is null) then amount else amount_in_usd end;

create or replace temporary macro ga4_currency(amount, amount_in_usd, currency, declared_currency) as
    case
        when amount is not null and (coalesce(currency, declared_currency) is not null or amount_in_usd is null) then coalesce(currency, declared_currency)
        when amount_in_usd is not null then 'USD'
    end;

create or replace temporary macro ga4_csv_events(source) as table
    select
        line_no,
        cell(name) as event_name,
        zoned_instant_text(timestamp, 'UTC') as happened_at,
        cell(user_pseudo_id) as user_pseudo_id,
        cell(user_id) as user_id,
        cell(session_id) as session_id,
        cell(page_location) as url,
        coalesce(url_host(page_location), lower(cell(hostname))) as host,
        cell(page_referrer) as referrer,
        -- what Google worked out says `organic` for a click on an ad that only its click id gives away
        case when click_id is not null and said_medium = 'organic' then null else said_source end as source,
        case when click_id is not null and said_medium = 'organic' then null else said_medium end as medium,
        said_campaign as campaign,
        said_term as term,
        said_content as content,
        said_campaign_id as campaign_id,
        coalesce(click_id_type(page_location), found_type) as click_id_type,
        coalesce(click_id_value(page_location), click_id) as click_id,
        cell(country) as country,
        cell(region) as region,
        analytics_storage,
        ads_storage,
        cell(transaction_id) as transaction_id,
        cell(purchase_revenue) as purchase_revenue,
        cell(purchase_revenue_in_usd) as purchase_revenue_in_usd,
        cell(refund_value) as refund_value,
        cell(refund_value_in_usd) as refund_value_in_usd,
        upper(cell(currency)) as currency,
        concat_ws(chr(31), coalesce(cell(user_pseudo_id), page_location, hostname), zoned_instant_text(timestamp, 'UTC'), name,
            cell(bundle_sequence_id), cell(batch_event_index), cell(stream_id)) as identity
    from (
        select
            *,
            coalesce(cell(collected_gclid), cell(param_gclid), cell(collected_dclid), cell(collected_srsltid)) as click_id,
            case
                when coalesce(cell(collected_gclid), cell(param_gclid)) is not null then 'gclid'
                when cell(collected_dclid) is not null then 'dclid'
                when cell(collected_srsltid) is not null then 'srsltid'
            end as found_type,
            coalesce(cell(collected_source), cell(param_source)) as said_source,
            coalesce(cell(collected_medium), cell(param_medium)) as said_medium,
            coalesce(cell(collected_campaign), cell(param_campaign)) as said_campaign,
            coalesce(cell(collected_term), cell(param_term)) as said_term,
            coalesce(cell(collected_content), cell(param_content)) as said_content,
            coalesce(cell(collected_campaign_id), cell(param_campaign_id)) as said_campaign_id
        from query_table(source)
    );

create or replace temporary macro ga4_json_events(source) as table
    with

    parsed as (
        select
            line_no,
            json_extract_string(record, [
                '$.event_name', '$.event_timestamp', '$.user_pseudo_id', '$.user_id', '$.device.web_info.hostname',
                '$.collected_traffic_source.manual_source', '$.collected_traffic_source.manual_medium',
                '$.collected_traffic_source.manual_campaign_name', '$.collected_traffic_source.manual_term',
                '$.collected_traffic_source.manual_content', '$.collected_traffic_source.manual_campaign_id',
                '$.collected_traffic_source.gclid', '$.collected_traffic_source.dclid', '$.collected_traffic_source.srsltid',
                '$.geo.country', '$.geo.region', '$.privacy_info.analytics_storage', '$.privacy_info.ads_storage',
                '$.ecommerce.transaction_id', '$.ecommerce.purchase_revenue', '$.ecommerce.purchase_revenue_in_usd',
                '$.ecommerce.refund_value', '$.ecommerce.refund_value_in_usd',
                '$.event_bundle_sequence_id', '$.batch_event_index', '$.stream_id'
            ]) as texts,
            from_json(json_extract(record, '$.event_params'), '[{
                "key": "VARCHAR",
                "value": {"string_value": "VARCHAR", "int_value": "VARCHAR", "float_value": "VARCHAR", "double_value": "VARCHAR"}
            }]') as parameters,
            json_extract(record, '$.items') as items
        from query_table(source)
    ),

    flat as (
        select
            line_no,
            cell(texts[1]) as event_name,
            epoch_us_text(texts[2]) as happened_at,
            cell(texts[3]) as user_pseudo_id,
            cell(texts[4]) as user_id,
            cell(ga4_parameter(parameters, 'ga_session_id')) as session_id,
            cell(ga4_parameter(parameters, 'page_location')) as url,
            cell(ga4_parameter(parameters, 'page_referrer')) as referrer,
            cell(texts[5]) as hostname,
            coalesce(cell(texts[6]), cell(ga4_parameter(parameters, 'source'))) as said_source,
            coalesce(cell(texts[7]), cell(ga4_parameter(parameters, 'medium'))) as said_medium,
            coalesce(cell(texts[8]), cell(ga4_parameter(parameters, 'campaign'))) as campaign,
            coalesce(cell(texts[9]), cell(ga4_parameter(parameters, 'term'))) as term,
            coalesce(cell(texts[10]), cell(ga4_parameter(parameters, 'content'))) as content,
            coalesce(cell(texts[11]), cell(ga4_parameter(parameters, 'campaign_id'))) as campaign_id,
            coalesce(cell(texts[12]), cell(ga4_parameter(parameters, 'gclid'))) as gclid,
            cell(texts[13]) as dclid,
            cell(texts[14]) as srsltid,
            cell(texts[15]) as country,
            cell(texts[16]) as region,
            texts[17] as analytics_storage,
            texts[18] as ads_storage,
            coalesce(cell(texts[19]), cell(ga4_parameter(parameters, 'transaction_id'))) as transaction_id,
            cell(texts[20]) as purchase_revenue,
            cell(texts[21]) as purchase_revenue_in_usd,
            cell(texts[22]) as refund_value,
            cell(texts[23]) as refund_value_in_usd,
            upper(cell(ga4_parameter(parameters, 'currency'))) as currency,
            cell(texts[24]) as bundle_sequence_id,
            cell(texts[25]) as batch_event_index,
            cell(texts[26]) as stream_id,
            items
        from parsed
    )

    select
        line_no,
        event_name,
        happened_at,
        user_pseudo_id,
        user_id,
        session_id,
        url,
        coalesce(url_host(url), lower(hostname)) as host,
        referrer,
        case when coalesce(gclid, dclid, srsltid) is not null and said_medium = 'organic' then null else said_source end as source,
        case when coalesce(gclid, dclid, srsltid) is not null and said_medium = 'organic' then null else said_medium end as medium,
        campaign,
        term,
        content,
        campaign_id,
        coalesce(
            click_id_type(url),
            case when gclid is not null then 'gclid' when dclid is not null then 'dclid' when srsltid is not null then 'srsltid' end
        ) as click_id_type,
        coalesce(click_id_value(url), gclid, dclid, srsltid) as click_id,
        country,
        region,
        analytics_storage,
        ads_storage,
        transaction_id,
        purchase_revenue,
        purchase_revenue_in_usd,
        refund_value,
        refund_value_in_usd,
        currency,
        concat_ws(chr(31), coalesce(user_pseudo_id, url, hostname), happened_at, event_name, bundle_sequence_id, batch_event_index, stream_id) as identity,
        items
    from flat;
