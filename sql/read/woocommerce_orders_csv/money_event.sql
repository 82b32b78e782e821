-- Money taken and given back, as far as WooCommerce's order export tells. Its refunds have no ids: what they add up to is set against
-- the dated refunds of the API, dated here by the newest of them.
-- grain:  one row per sale, and one per order with refunds
-- key:    shop_id, money_event_id
-- params: $shop, $time_zone, $date_order, $decimal_mark, $exported_at
with

orders as (
    select
        *,
        is_paid and is_test is distinct from 'true' as is_revenue
    from file_order
    -- an order that was paid once and is no longer must say so, or an earlier reading of it would stand
    where is_test is distinct from 'true' and (is_paid or paid_at is not null)
),

-- amount:10.00|reason:damaged|date:2026-03-05 10:00:00; the reason may hold anything
listed as (
    select
        line_no,
        unnest(regexp_extract_all(refund_items, '(?s)amount:[^|;]*\|.*?date:[^;|]*')) as item
    from orders
    where refund_items is not null
),

refunds as (
    select
        line_no,
        sum_text(list(number_text(regexp_extract(item, '^amount:([^|]*)', 1), $decimal_mark))) as amount,
        max(export_instant_text(cell(regexp_extract(item, 'date:([^;|]*)$', 1)), $time_zone, $date_order)) as refunded_at
    from listed
    group by line_no
)

select
    line_no,
    $shop as shop_id,
    source_order_id || ':sale' as money_event_id,
    source_order_id,
    case when is_revenue then 'sale' else 'cancel' end as kind,
    created_at as occurred_at,
    case when is_revenue then total else '0' end as amount,
    currency,
    case when is_revenue then discount end as discount,
    case when is_revenue then tax end as tax,
    case when is_revenue then shipping end as shipping,
    -- a list of refunds that is there and cannot be read is money unknown
    case when refund_items is not null and line_no not in (select line_no from refunds) then 'refund_items is not a list of amount, reason and date' end as reject_reason
from orders

union all

select
    orders.line_no,
    $shop as shop_id,
    source_order_id || ':refund' as money_event_id,
    source_order_id,
    'refund_total' as kind,
    coalesce(refunds.refunded_at, $exported_at, created_at) as occurred_at,
    case when is_revenue then negated_text(refunds.amount) else '0' end as amount,
    currency,
    null as discount,
    null as tax,
    null as shipping,
    null as reject_reason
from orders
inner join refunds on refunds.line_no = orders.line_no
where is_not_zero(refunds.amount)
