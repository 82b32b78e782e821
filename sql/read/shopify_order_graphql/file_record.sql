-- The objects of Shopify's GraphQL Admin API: orders of an answer or a bulk file, and a bulk file's child rows.
-- grain:  one row per object
-- key:    line_no, document
with

documents as (
    select
        line_no,
        unnest(case
            when json_type(record, '$.data.orders') = 'OBJECT' then graphql_nodes(cast(record as json), '$.data.orders')
            when json_type(record, '$.data.order') = 'OBJECT' then [json_extract(record, '$.data.order')]
            when json_type(record, '$.orders') = 'OBJECT' then graphql_nodes(cast(record as json), '$.orders')
            else [cast(record as json)]
        end) as document
    from input
)

select
    line_no,
    regexp_extract(json_extract_string(document, '$.id'), '^gid://shopify/(\w+)/', 1) as object,
    json_extract_string(document, '$.__parentId') as parent_id,
    document
from documents
