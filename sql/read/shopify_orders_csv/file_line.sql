-- The line items of a Shopify order export, which gives them no id: they are numbered within their order.
-- grain:  one row per line item
-- key:    line_no
select
    file_row.line_no,
    file_order.source_order_id,
    row_number() over (partition by file_row.first_line order by file_row.line_no) as line_id,
    cell(file_row.line_sku) as sku,
    cell(file_row.line_name) as title,
    number_text(file_row.line_quantity, file_order.mark) as quantity,
    number_text(file_row.line_price, file_order.mark) as unit_price,
    number_text(file_row.line_discount, file_order.mark) as discount,
    case
        when is_gift_card_name(file_row.line_name) and coalesce(flag_text(file_row.line_requires_shipping), 'false') <> 'true' then 'true'
        else 'false'
    end as is_gift_card
from file_row
left join file_order on file_order.line_no = file_row.first_line
-- a line whose order is not in the file has no order id and is rejected for it; one of an older copy of its order is not wanted
where (file_order.line_no is not null or file_row.first_line is null)
    and coalesce(cell(file_row.line_name), cell(file_row.line_price), cell(file_row.line_sku)) is not null
