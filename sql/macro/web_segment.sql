-- Calls of Segment and RudderStack, each parsed once into flat text columns: only what may be kept, or keyed, is taken out.
-- `source` names the relation of records. Read it into a materialized CTE.
-- Amounts stay JSON (a list of `total, revenue, value, tax, shipping, discount`), so that a number in quotes can be told from one without.
create or replace temporary macro segment_calls(source) as table
    with

    parsed as (
        select
            line_no,
            json_extract_string(record, [
                '$.type', '$.event', '$.messageId', '$.anonymousId', '$.userId', '$.previousId',
                '$.timestamp', '$.originalTimestamp', '$.receivedAt', '$.sentAt',
                '$.traits.email', '$.context.traits.email', '$.properties.email',
                '$.properties.url', '$.context.page.url', '$.properties.path', '$.context.page.path',
                '$.properties.search', '$.context.page.search', '$.properties.referrer', '$.context.page.referrer',
                '$.context.campaign.source', '$.properties.campaign.source', '$.context.campaign.medium', '$.properties.campaign.medium',
                '$.context.campaign.name', '$.properties.campaign.name', '$.context.campaign.term', '$.properties.campaign.term',
                '$.context.campaign.content', '$.properties.campaign.content', '$.context.campaign.id', '$.properties.campaign.id',
                '$.context.userAgent', '$.context.sessionId', '$.context.location.country', '$.context.location.region',
                '$.context.consent.categoryPreferences',
                '$.context.consentManagement.allowedConsentIds', '$.context.consentManagement.deniedConsentIds',
                '$.properties.order_id', '$.properties.refund_id', '$.properties.currency', '$.properties.coupon'
            ]) as texts,
            json_extract(record, [
                '$.properties.total', '$.properties.revenue', '$.properties.value',
                '$.properties.tax', '$.properties.shipping', '$.properties.discount'
            ]) as amounts,
            json_extract(record, '$.properties.products') as products
        from query_table(source)
    )

    select
        line_no,
        texts[1] as call_type,
        -- by the names of the ecommerce specification, old and new
        case
            when texts[1] <> 'track' then null
            when lower(trim(texts[2])) in ('order completed', 'completed order') then 'completed'
            when lower(trim(texts[2])) in ('order refunded', 'refunded order') then 'refunded'
            when lower(trim(texts[2])) in ('order cancelled', 'cancelled order') then 'cancelled'
        end as order_event,
        cell(texts[2]) as event,
        cell(texts[3]) as message_id,
        cell(texts[4]) as anonymous_id,
        cell(texts[5]) as user_id,
        cell(texts[6]) as previous_id,
        -- when it happened: Segment corrects `timestamp` for the clock of the device, RudderStack adds `originalTimestamp`
        coalesce(cell(texts[7]), cell(texts[8]), cell(texts[9]), cell(texts[10])) as happened_at,
        texts[11] as traits_email,
        texts[12] as context_email,
        texts[13] as properties_email,
        coalesce(cell(texts[14]), cell(texts[15])) as url,
        coalesce(cell(texts[16]), cell(texts[17])) as path,
        coalesce(cell(texts[18]), cell(texts[19])) as search,
        coalesce(cell(texts[20]), cell(texts[21])) as referrer,
        coalesce(cell(texts[22]), cell(texts[23])) as campaign_source,
        coalesce(cell(texts[24]), cell(texts[25])) as campaign_medium,
        coalesce(cell(texts[26]), cell(texts[27])) as campaign_name,
        coalesce(cell(texts[28]), cell(texts[29])) as campaign_term,
        coalesce(cell(texts[30]), cell(texts[31])) as campaign_content,
        coalesce(cell(texts[32]), cell(texts[33])) as campaign_id,
        texts[34] as user_agent,
        cell(texts[35]) as session_id,
        cell(texts[36]) as country,
        cell(texts[37]) as region,
        texts[38] as consent_preferences,
        texts[39] as consent_allowed,
        texts[40] as consent_denied,
        cell(texts[41]) as order_id,
        cell(texts[42]) as refund_id,
        upper(cell(texts[43])) as currency,
        cell(texts[44]) as coupon,
        amounts,
        products
    from parsed;

-- consent to analytics as the call says it; else as the source declares it
create or replace temporary macro segment_analytics_consent(preferences, allowed, denied, declared) as
    coalesce(
        consent_of(preferences, 'analytic|statistic|performance|c0002'),
        consent_in(allowed, denied, 'analytic|statistic|performance|c0002'),
        case when declared = 'granted' then 'true' end
    );

create or replace temporary macro segment_ads_consent(preferences, allowed, denied, declared) as
    coalesce(
        consent_of(preferences, 'advertis|marketing|targeting|c0004'),
        consent_in(allowed, denied, 'advertis|marketing|targeting|c0004'),
        case when declared = 'granted' then 'true' end
    );

-- what the order came to: `total`; else revenue with tax and shipping; else `value`
create or replace temporary macro segment_total(total, revenue, tax, shipping, value) as
    case
        when total is not null then total
        when revenue is not null then sum_text([revenue, tax, shipping])
        else value
    end;
