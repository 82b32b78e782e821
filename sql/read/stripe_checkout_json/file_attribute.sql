-- What Stripe checkout sessions carry of where the buyer came from: their metadata, and the shop's own reference where it has the shape
-- of a visitor id. A reference may be anything else, a cart or an account: then it says nothing of the person.
-- grain:  one row per session and attribute
-- key:    line_no, place
with

listed as (
    select
        line_no,
        metadata,
        unnest(json_keys(metadata)) as metadata_key,
        unnest(generate_series(1, len(json_keys(metadata)))) as place
    from file_session
    where metadata is not null
),

named as (
    select
        line_no,
        place,
        attribute_name(metadata_key) as name,
        attribute_value(json_extract_string(metadata, '$."' || replace(metadata_key, '"', '\"') || '"')) as value
    from listed

    union all

    select
        line_no,
        0 as place,
        'visitor_id' as name,
        reference as value
    from file_session
    where regexp_matches(reference, '(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^GA1\.\d\.\d+\.\d+$|^\d{6,10}\.\d{10}$')
)

select
    line_no,
    place,
    name,
    value,
    attribute_role(name, value) as role
from named
where attribute_role(name, value) is not null
