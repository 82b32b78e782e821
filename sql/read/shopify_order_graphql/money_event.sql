-- Money taken and given back, as Shopify's GraphQL Admin API tells.
-- grain:  one row per sale and per refund
-- key:    shop_id, money_event_id
-- params: $shop, $time_zone
with

gift_cards as (
    select
        source_order_id,
        sum_text(list(product_text(quantity, unit_price))) as gift_card
    from file_line
    where is_gift_card = 'true'
    group by source_order_id
),

sales as (
    select
        file_order.*,
        coalesce(gift_cards.gift_card, '0') as gift_card,
        coalesce(try_cast(captured as decimal(18, 6)) = try_cast(total as decimal(18, 6)), false) as is_whole
    from file_order
    left join gift_cards on gift_cards.source_order_id = file_order.source_order_id
    where captured is not null
),

refunds as (
    select
        line_no,
        updated_at,
        source_order_id,
        currency,
        unnest(refunds) as refund
    from file_order
    where len(refunds) > 0 and is_test is distinct from 'true'
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
    currency,
    -- of a part payment nobody says what it was for
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
    shopify_id(refund.id) as money_event_id,
    source_order_id,
    'refund' as kind,
    export_instant_text(refund.createdAt, $time_zone, null) as occurred_at,
    negated_text(refund.totalRefundedSet.shopMoney.amount) as amount,
    upper(coalesce(refund.totalRefundedSet.shopMoney.currencyCode, currency)) as currency,
    null as discount,
    null as tax,
    null as shipping,
    null as tip,
    null as gift_card
from refunds
where is_not_zero(refund.totalRefundedSet.shopMoney.amount)
