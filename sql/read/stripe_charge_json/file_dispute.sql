-- Disputes that were lost: the money went back to the cardholder. An open or won one took nothing for good.
-- grain:  one row per dispute
-- key:    line_no, dispute_id
with

listed as (
    select
        line_no,
        source_order_id,
        is_test,
        dispute as document
    from file_charge
    where dispute is not null

    union all

    select
        file_object.line_no,
        null as source_order_id,
        -- an object of its own does not always say that it belongs to test mode; its charge does, when the file holds it
        file_charge.is_test,
        file_object.document
    from file_object
    left join file_charge on file_charge.source_order_id = json_extract_string(file_object.document, '$.charge')
    where file_object.object = 'dispute'
),

documents as (
    select
        line_no,
        source_order_id,
        is_test,
        from_json(document, '{
            "id": "VARCHAR", "charge": "VARCHAR", "created": "VARCHAR", "currency": "VARCHAR", "amount": "VARCHAR", "status": "VARCHAR", "livemode": "VARCHAR"
        }') as document
    from listed
)

select
    line_no,
    coalesce(source_order_id, case when starts_with(document.charge, '{') then json_extract_string(document.charge, '$.id') else document.charge end) as source_order_id,
    cell(document.id) as dispute_id,
    stripe_instant_text(document.created) as created_at,
    upper(cell(document.currency)) as currency,
    stripe_amount_text(document.amount, document.currency) as amount
from documents
where document.status = 'lost' and document.livemode is distinct from 'false' and is_test is distinct from 'true'
