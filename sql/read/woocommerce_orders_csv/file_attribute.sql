-- What WooCommerce's order export says about where its orders came from: the shop's own order attribution.
-- grain:  one row per order and attribute
-- key:    line_no, source_order_id, name
with

cells as (
    select
        line_no,
        unnest([
            {'name': 'source_type', 'value': attribution_source_type}, {'name': 'utm_source', 'value': attribution_utm_source},
            {'name': 'utm_medium', 'value': attribution_utm_medium}, {'name': 'utm_campaign', 'value': attribution_utm_campaign},
            {'name': 'utm_term', 'value': attribution_utm_term}, {'name': 'utm_content', 'value': attribution_utm_content},
            {'name': 'utm_id', 'value': attribution_utm_id}, {'name': 'referrer', 'value': attribution_referrer},
            {'name': 'landing_page', 'value': attribution_session_entry}, {'name': 'session_start_time', 'value': attribution_session_start_time},
            {'name': 'session_pages', 'value': attribution_session_pages}, {'name': 'session_count', 'value': attribution_session_count},
            {'name': 'device_type', 'value': attribution_device_type}
        ]) as attribute
    from input
)

select
    cells.line_no,
    file_order.updated_at,
    file_order.created_at,
    file_order.source_order_id,
    file_order.customer_key,
    1 as place,
    attribute.name as name,
    attribute_value(attribute.value) as value,
    attribute_role(attribute.name, attribute_value(attribute.value)) as role
from cells
inner join file_order on file_order.line_no = cells.line_no
where attribute_value(attribute.value) is not null
