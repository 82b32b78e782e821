-- Money taken and given back, as WooCommerce orders tell.
-- grain:  one row per sale and per refund
-- key:    shop_id, money_event_id
-- params: $shop
with

orders as (
    select
        *,
        is_paid and is_test is distinct from 'true' as is_revenue
    from file_order
    -- an order that was paid once and is no longer must say so, or an earlier reading of it would stand
    where is_test is distinct from 'true' and (is_paid or paid_at is not null)
),

refunds as (
    select
        line_no,
        updated_at,
        created_at,
        source_order_id,
        currency,
        is_revenue,
        unnest(refunds) as item
    from orders
    where len(refunds) > 0
)

select
    line_no,
    updated_at as observed_at,
    $shop as shop_id,
    source_order_id || ':sale' as money_event_id,
    source_order_id,
    case when is_revenue then 'sale' else 'cancel' end as kind,
    created_at as occurred_at,
    case when is_revenue then total else '0' end as amount,
    currency,
    case when is_revenue then discount end as discount,
    case when is_revenue then tax end as tax,
    case when is_revenue then shipping end as shipping
from orders

union all

select
    line_no,
    updated_at as observed_at,
    $shop as shop_id,
    item.id as money_event_id,
    source_order_id,
    'refund' as kind,
    coalesce(updated_at, created_at) as occurred_at,
    case when is_revenue then item.total else '0' end as amount,
    currency,
    null as discount,
    null as tax,
    null as shipping
from refunds
