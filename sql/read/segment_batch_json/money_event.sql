-- The signed ledger of a source that is the record of sales ($orders): sales, refunds, cancelled orders.
-- grain:  one row per Order Completed, Order Refunded and Order Cancelled call
-- key:    line_no
-- units:  amount = goods - discount + tax + shipping; a refund or cancellation has every part negative
-- params: $shop, $orders, $currency, $decimal_mark
with

calls as materialized (
    select * from segment_calls('input')
),

amounts as (
    select
        *,
        json_number_text(amounts[1], $decimal_mark) as said_total,
        json_number_text(amounts[2], $decimal_mark) as revenue,
        json_number_text(amounts[3], $decimal_mark) as said_value,
        json_number_text(amounts[4], $decimal_mark) as tax,
        json_number_text(amounts[5], $decimal_mark) as shipping,
        json_number_text(amounts[6], $decimal_mark) as discount
    from calls
    where $orders = 'true'
        and order_event is not null
),

totals as (
    select
        *,
        segment_total(said_total, revenue, tax, shipping, said_value) as total
    from amounts
)

select
    line_no,
    happened_at as observed_at,
    $shop as shop_id,
    case order_event
        when 'completed' then order_id || ':sale'
        when 'cancelled' then order_id || ':cancel'
        else order_id || ':refund:' || coalesce(refund_id, message_id)
    end as money_event_id,
    order_id as source_order_id,
    case order_event when 'completed' then 'sale' when 'cancelled' then 'cancel' else 'refund' end as kind,
    happened_at as occurred_at,
    -- some shops send a refund as a positive amount, some as a negative one
    case when order_event = 'completed' then total else '-' || ltrim(total, '-') end as amount,
    coalesce(currency, $currency) as currency,
    case when order_event = 'completed' then discount else '-' || ltrim(discount, '-') end as discount,
    case when order_event = 'completed' then tax else '-' || ltrim(tax, '-') end as tax,
    case when order_event = 'completed' then shipping else '-' || ltrim(shipping, '-') end as shipping
from totals
