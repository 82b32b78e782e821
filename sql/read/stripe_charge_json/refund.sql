-- Refunds of the Stripe API: each by itself where it is listed, else the sum that its charge states.
-- grain:  one row per refund
-- key:    shop_id, source_order_id, refund_id
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
    source_order_id,
    refund_id,
    created_at as refunded_at,
    reason,
    case when is_returned then amount else '0' end as amount,
    currency
from file_refund

union all

select
    line_no,
    $shop as shop_id,
    source_order_id,
    source_order_id || ':refund' as refund_id,
    coalesce($exported_at, created_at) as refunded_at,
    null as reason,
    returned as amount,
    currency
from unlisted
