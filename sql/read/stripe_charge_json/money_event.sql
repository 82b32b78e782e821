-- Money taken and given back, as the Stripe API tells: charges that succeeded, were captured and are live, minus refunds that
-- succeeded and disputes that were lost.
-- grain:  one row per sale, refund and lost dispute
-- key:    shop_id, money_event_id
-- params: $shop, $exported_at
with

unlisted as (
    -- newer API versions leave the list out, and it holds ten at most: what it does not explain has no date but the export's
    select
        file_charge.line_no,
        file_charge.source_order_id,
        file_charge.created_at,
        file_charge.returned,
        file_charge.currency
    from file_charge
    left join (
        select
            line_no,
            sum_text(list(amount) filter (is_returned)) as amount
        from file_refund
        group by line_no
    ) as listed on listed.line_no = file_charge.line_no
    where coalesce(try_cast(file_charge.returned as decimal(18, 6)), 0) > coalesce(try_cast(listed.amount as decimal(18, 6)), 0)
)

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
    refund_id as money_event_id,
    source_order_id,
    'refund' as kind,
    created_at as occurred_at,
    negated_text(amount) as amount,
    currency
from file_refund
where is_returned

union all

-- the sum refunded so far: staging counts what the charge's dated refunds do not explain
select
    line_no,
    $shop as shop_id,
    source_order_id || ':refund' as money_event_id,
    source_order_id,
    'refund_total' as kind,
    coalesce($exported_at, created_at) as occurred_at,
    negated_text(returned) as amount,
    currency
from unlisted

union all

select
    line_no,
    $shop as shop_id,
    dispute_id as money_event_id,
    source_order_id,
    'chargeback' as kind,
    created_at as occurred_at,
    negated_text(amount) as amount,
    currency
from file_dispute
