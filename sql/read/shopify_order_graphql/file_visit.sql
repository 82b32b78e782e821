-- Visits of the customer journey of an order. Shopify goes on attributing until the journey is ready; before that it is left alone.
-- grain:  one row per order and visit
-- key:    source_order_id, visit_id
-- params: $time_zone
with

listed as (
    select
        line_no,
        source_order_id,
        updated_at,
        unnest(list_concat([journey.firstVisit, journey.lastVisit], graphql_nodes(order_json, '$.customerJourneySummary.moments'))) as document
    from file_order
    where journey is not null and journey.ready is distinct from 'false'
),

documents as (
    select
        line_no,
        source_order_id,
        updated_at,
        from_json(document, '{
            "id": "VARCHAR", "occurredAt": "VARCHAR", "landingPage": "VARCHAR", "referrerUrl": "VARCHAR", "source": "VARCHAR", "sourceType": "VARCHAR",
            "utmParameters": {"source": "VARCHAR", "medium": "VARCHAR", "campaign": "VARCHAR", "term": "VARCHAR", "content": "VARCHAR"}
        }') as document
    from listed
    where json_type(document) = 'OBJECT'
)

select
    line_no,
    source_order_id,
    updated_at,
    coalesce(shopify_id(document.id), document.occurredAt) as visit_id,
    export_instant_text(document.occurredAt, $time_zone, null) as occurred_at,
    cell(document.landingPage) as landing,
    url_host(document.referrerUrl) as referrer_host,
    lower(cell(document.source)) as source,
    lower(cell(document.sourceType)) as source_type,
    kept_parameter(cell(document.utmParameters.source)) as utm_source,
    kept_parameter(cell(document.utmParameters.medium)) as utm_medium,
    kept_parameter(cell(document.utmParameters.campaign)) as utm_campaign,
    kept_parameter(cell(document.utmParameters.term)) as utm_term,
    kept_parameter(cell(document.utmParameters.content)) as utm_content
from documents
-- first and last visit stand among the moments again
qualify row_number() over (partition by source_order_id, coalesce(shopify_id(document.id), document.occurredAt) order by line_no) = 1
