-- The money of orders whose file has no ledger of its own: what each says was paid. It counts as the order's sale until a ledger tells
-- that sale itself (sql/staging/money_event.sql), and no more once a later export says that no money came. An order that was refunded
-- whole gave its total back, on its last change or else the day of the export.
-- grain:  one row per order, and one per whole refund
-- key:    shop_id, money_event_id
-- params: $exported_at
with

orders as (
    select
        *,
        lower(replace(financial_status, ' ', '_')) as status
    from mapped_orders
),

judged as (
    select
        *,
        is_test is distinct from 'true'
        and coalesce(status, 'paid') not in (
            'pending', 'authorized', 'authorised', 'voided', 'expired', 'failed', 'cancelled', 'canceled', 'unpaid', 'open', 'on-hold', 'on_hold',
            'draft', 'abandoned', 'test', 'partially_paid'
        ) as is_paid
    from orders
)

select
    line_no,
    observed_at,
    shop_id,
    source_order_id || ':total' as money_event_id,
    source_order_id,
    case when is_paid then 'order_total' else 'order_unpaid' end as kind,
    coalesce(processed_at, created_at) as occurred_at,
    total as amount,
    currency,
    discount,
    tax,
    shipping,
    tip,
    gift_card
from judged

union all

select
    line_no,
    observed_at,
    shop_id,
    source_order_id || ':refund' as money_event_id,
    source_order_id,
    'refund_total' as kind,
    coalesce(cancelled_at, updated_at, $exported_at, created_at) as occurred_at,
    negated_text(total) as amount,
    currency,
    negated_text(discount) as discount,
    negated_text(tax) as tax,
    negated_text(shipping) as shipping,
    negated_text(tip) as tip,
    negated_text(gift_card) as gift_card
from judged
where is_paid
    and status = 'refunded'
