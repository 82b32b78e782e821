-- One call of Segment or RudderStack, parsed once: only what may be kept or keyed is taken out. Numbers stay JSON, so that
-- one in quotes can be told from one without.
create or replace temporary macro segment_call(record) as
    from_json(record, '{
        "type": "VARCHAR", "event": "VARCHAR", "messageId": "VARCHAR",
        "anonymousId": "VARCHAR", "userId": "VARCHAR", "previousId": "VARCHAR",
        "timestamp": "VARCHAR", "originalTimestamp": "VARCHAR", "receivedAt": "VARCHAR", "sentAt": "VARCHAR",
        "traits": {"email": "VARCHAR"},
        "properties": {
            "url": "VARCHAR", "path": "VARCHAR", "search": "VARCHAR", "referrer": "VARCHAR", "email": "VARCHAR",
            "campaign": {"source": "VARCHAR", "medium": "VARCHAR", "name": "VARCHAR", "term": "VARCHAR", "content": "VARCHAR", "id": "VARCHAR"},
            "order_id": "VARCHAR", "refund_id": "VARCHAR", "currency": "VARCHAR", "coupon": "VARCHAR",
            "total": "JSON", "revenue": "JSON", "value": "JSON", "tax": "JSON", "shipping": "JSON", "discount": "JSON",
            "products": "JSON"
        },
        "context": {
            "campaign": {"source": "VARCHAR", "medium": "VARCHAR", "name": "VARCHAR", "term": "VARCHAR", "content": "VARCHAR", "id": "VARCHAR"},
            "page": {"url": "VARCHAR", "path": "VARCHAR", "search": "VARCHAR", "referrer": "VARCHAR"},
            "traits": {"email": "VARCHAR"},
            "userAgent": "VARCHAR", "sessionId": "VARCHAR",
            "location": {"country": "VARCHAR", "region": "VARCHAR"},
            "consent": {"categoryPreferences": "VARCHAR"},
            "consentManagement": {"allowedConsentIds": "VARCHAR", "deniedConsentIds": "VARCHAR"}
        }
    }');

-- when it happened: Segment corrects `timestamp` for the clock of the device; RudderStack adds `originalTimestamp`
create or replace temporary macro segment_at(call) as
    coalesce(cell(call.timestamp), cell(call.originalTimestamp), cell(call.receivedAt), cell(call.sentAt));

-- 'completed' | 'refunded' | 'cancelled', by the names of the ecommerce specification, old and new
create or replace temporary macro segment_order_event(call) as
    case
        when call.type <> 'track' then null
        when lower(trim(call.event)) in ('order completed', 'completed order') then 'completed'
        when lower(trim(call.event)) in ('order refunded', 'refunded order') then 'refunded'
        when lower(trim(call.event)) in ('order cancelled', 'cancelled order') then 'cancelled'
    end;

create or replace temporary macro segment_analytics_consent(call, declared) as
    coalesce(
        consent_of(call.context.consent.categoryPreferences, 'analytic|statistic|performance|c0002'),
        consent_in(call.context.consentManagement.allowedConsentIds, call.context.consentManagement.deniedConsentIds,
            'analytic|statistic|performance|c0002'),
        case when declared = 'granted' then 'true' end
    );

create or replace temporary macro segment_ads_consent(call, declared) as
    coalesce(
        consent_of(call.context.consent.categoryPreferences, 'advertis|marketing|targeting|c0004'),
        consent_in(call.context.consentManagement.allowedConsentIds, call.context.consentManagement.deniedConsentIds,
            'advertis|marketing|targeting|c0004'),
        case when declared = 'granted' then 'true' end
    );

create or replace temporary macro segment_email(call) as
    coalesce(email_key(call.traits.email), email_key(call.context.traits.email), email_key(call.properties.email));

-- what the order came to: `total`; else revenue with tax and shipping; else `value`. Takes columns, not expressions: they stand here often
create or replace temporary macro segment_total(total, revenue, tax, shipping, value) as
    case
        when total is not null then total
        when revenue is not null then sum_text([revenue, tax, shipping])
        else value
    end;
