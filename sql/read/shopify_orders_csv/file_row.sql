-- Every row of a Shopify order export with the row that opens its order. Orders are told apart by name; a row without a name
-- belongs to the row above it, and an unnamed order that opens a row of its own stands by itself. Rows whose order cells were
-- filled down by a spreadsheet continue the order they repeat.
-- grain:  one row per row of the file
-- key:    line_no
with

cells as (
    select
        *,
        cell(name) as order_name,
        ltrim(cell(id), '''') as order_id,
        coalesce(cell(id), cell(financial_status), cell(currency), cell(total)) is not null as has_order_cells
    from input
),

labelled as (
    select
        *,
        last_value(case when order_name is not null or has_order_cells then coalesce(order_name, chr(31) || line_no) end ignore nulls)
            over (order by line_no) as order_label
    from cells
),

opened as (
    select
        *,
        has_order_cells and (
            lag(order_label) over (order by line_no) is distinct from order_label
            or not lag(has_order_cells) over (order by line_no)
            or lag(order_id) over (order by line_no) is distinct from order_id
        ) as is_first
    from labelled
)

select
    *,
    coalesce(
        last_value(case when is_first then line_no end ignore nulls) over (partition by order_label order by line_no),
        min(case when is_first then line_no end) over (partition by order_label)
    ) as first_line
from opened
