-- Money taken and given back, as far as a Stripe charge table tells: only charges that succeeded, were captured and are live.
-- grain:  one row per sale and per refunded charge
-- key:    shop_id, money_event_id
-- params: $shop, $exported_at
select
    line_no,
    $shop as shop_id,
    source_order_id || ':sale' as money_event_id,
    source_order_id,
    'sale' as kind,
    created_at as occurred_at,
    captured as amount,
    currency
from file_charge
where captured is not null

union all

select
    line_no,
    $shop as shop_id,
    source_order_id || ':refund' as money_event_id,
    source_order_id,
    'refund_total' as kind,
    coalesce($exported_at, created_at) as occurred_at,
    negated_text(returned) as amount,
    currency
from file_charge
where is_not_zero(returned)
