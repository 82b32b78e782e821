-- The sales of an orders mapping, whose file has no ledger of its own: the total of every order that nothing speaks against.
-- An order that was refunded whole gave its total back, on its last change or else the day of the export.
-- grain:  one row per sale and per whole refund
-- key:    shop_id, money_event_id
-- params: $exported_at
with

orders as (
    select
        *,
        lower(replace(financial_status, ' ', '_')) as status
    from mapped_orders
),

sales as (
    select *
    from orders
    where is_test is distinct from 'true'
        and coalesce(status, 'paid') not in (
            'pending', 'authorized', 'authorised', 'voided', 'expired', 'failed', 'cancelled', 'canceled', 'unpaid', 'open', 'on-hold', 'on_hold',
            'draft', 'abandoned', 'test', 'partially_paid'
        )
)

select
    line_no,
    observed_at,
    shop_id,
    source_order_id || ':sale' as money_event_id,
    source_order_id,
    'sale' as kind,
    coalesce(processed_at, created_at) as occurred_at,
    total as amount,
    currency,
    discount,
    tax,
    shipping,
    tip,
    gift_card
from sales

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
from sales
where status = 'refunded'
