-- Money taken and given back, as the Shopify REST API and its webhooks tell.
-- grain:  one row per sale, per paid edit and per refund
-- key:    shop_id, money_event_id
-- params: $shop
with

sales as (
    select
        *,
        -- of a part payment, or one in another currency, nobody says what it was for
        coalesce(try_cast(captured as decimal(18, 6)) = try_cast(total as decimal(18, 6)) and captured_currency = currency, false) as is_whole
    from file_order
    where captured is not null
),

edits as (
    -- goods added later were paid on top of the order's first total; goods taken away show as a refund
    select
        *,
        sum_text([current_total, negated_text(total)]) as added
    from file_order
    where financial_status = 'paid'
        and captured is not null
        and not coalesce(has_transactions, false)
        and coalesce(len(refunds), 0) = 0
        and try_cast(current_total as decimal(18, 6)) > try_cast(total as decimal(18, 6))
)

select
    line_no,
    updated_at as observed_at,
    $shop as shop_id,
    source_order_id || ':sale' as money_event_id,
    source_order_id,
    'sale' as kind,
    created_at as occurred_at,
    captured as amount,
    captured_currency as currency,
    case when is_whole then discount end as discount,
    case when is_whole then tax end as tax,
    case when is_whole then shipping end as shipping,
    case when is_whole then tip end as tip,
    case when is_whole then gift_card end as gift_card
from sales

union all

select
    line_no,
    updated_at as observed_at,
    $shop as shop_id,
    source_order_id || ':edit' as money_event_id,
    source_order_id,
    'adjustment' as kind,
    updated_at as occurred_at,
    added as amount,
    currency,
    null as discount,
    null as tax,
    null as shipping,
    null as tip,
    null as gift_card
from edits

union all

select
    line_no,
    observed_at,
    $shop as shop_id,
    refund_id as money_event_id,
    source_order_id,
    'refund' as kind,
    coalesce(processed_at, created_at) as occurred_at,
    negated_text(money.amount) as amount,
    money.currency as currency,
    null as discount,
    negated_text(money.tax) as tax,
    negated_text(money.shipping) as shipping,
    null as tip,
    negated_text(money.gift_card) as gift_card
from file_refund
where is_test is distinct from 'true' and is_not_zero(money.amount)
