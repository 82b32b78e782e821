-- Money taken and given back, as far as a Shopify order export tells: money once an order, whatever the number of its rows.
-- grain:  one row per sale and per refund
-- key:    shop_id, money_event_id
-- params: $shop, $exported_at
with

gift_cards as (
    select
        source_order_id,
        cast(try_cast(sum_text(list(product_text(quantity, unit_price))) as decimal(18, 6)) as varchar) as gift_card
    from file_line
    where is_gift_card = 'true' and source_order_id is not null
    group by source_order_id
),

parts as (
    select
        file_order.*,
        coalesce(gift_cards.gift_card, '0') as gift_card
    from file_order
    left join gift_cards on gift_cards.source_order_id = file_order.source_order_id
)

select
    line_no,
    $shop as shop_id,
    source_order_id || ':sale' as money_event_id,
    source_order_id,
    'sale' as kind,
    created_at as occurred_at,
    captured as amount,
    currency,
    -- of a part payment nobody says what it was for
    case when captured = total then discount end as discount,
    case when captured = total then tax end as tax,
    case when captured = total then shipping end as shipping,
    case when captured = total then gift_card end as gift_card
from parts
where captured is not null

union all

select
    line_no,
    $shop as shop_id,
    source_order_id || ':refund' as money_event_id,
    source_order_id,
    -- what was returned up to the export, undated: staging sets it against refunds that have a date of their own
    'refund_total' as kind,
    case
        when cancelled_at is not null and returned = total then cancelled_at
        else coalesce($exported_at, cancelled_at, paid_at, created_at)
    end as occurred_at,
    negated_text(returned) as amount,
    currency,
    case when returned = captured then negated_text(discount) end as discount,
    case when returned = captured then negated_text(tax) end as tax,
    case when returned = captured then negated_text(shipping) end as shipping,
    case when returned = captured then negated_text(gift_card) end as gift_card
from parts
where is_not_zero(returned)
