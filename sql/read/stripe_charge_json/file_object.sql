-- Objects of the Stripe API: charges, refunds and disputes, bare, in a list or inside an event.
-- grain:  one row per object
-- key:    line_no
with

documents as (
    select
        line_no,
        case when json_extract_string(record, '$.object') = 'event' then json_extract(record, '$.data.object') else cast(record as json) end as document
    from input
)

select
    line_no,
    json_extract_string(document, '$.object') as object,
    document
from documents
