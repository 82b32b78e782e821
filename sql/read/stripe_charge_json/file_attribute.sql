-- Metadata of Stripe charges, where shops write the campaign that brought the buyer.
-- grain:  one row per charge and metadata key
-- key:    line_no, place
with

listed as (
    select
        line_no,
        created_at,
        source_order_id,
        customer_key,
        metadata,
        unnest(json_keys(metadata)) as metadata_key,
        unnest(generate_series(1, len(json_keys(metadata)))) as place
    from file_charge
    where json_type(metadata) = 'OBJECT'
),

named as (
    select
        line_no,
        created_at,
        source_order_id,
        customer_key,
        place,
        attribute_name(metadata_key) as name,
        attribute_value(json_extract_string(metadata, '$."' || replace(metadata_key, '"', '\"') || '"')) as value
    from listed
)

select
    *,
    attribute_role(name, value) as role
from named
where name <> ''
