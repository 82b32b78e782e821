-- The signed ledger: revenue is read from here and nowhere else.
-- grain:  one row per shop_id, money_event_id
-- key:    shop_id, money_event_id
-- units:  amount = goods - discount + tax + shipping + tip + gift_card, each signed
with

observed as (
    select
        shop_id,
        money_event_id,
        source_order_id,
        kind,
        try_cast(occurred_at as timestamptz) as occurred_at,
        try_cast(amount as decimal(18, 6)) as amount,
        currency,
        try_cast(discount as decimal(18, 6)) as discount,
        try_cast(tax as decimal(18, 6)) as tax,
        try_cast(shipping as decimal(18, 6)) as shipping,
        try_cast(tip as decimal(18, 6)) as tip,
        try_cast(gift_card as decimal(18, 6)) as gift_card,
        source_id,
        try_cast(observed_at as timestamptz) as observed_at,
        row_number() over (
            partition by shop_id, money_event_id
            order by try_cast(observed_at as timestamptz) desc nulls last, batch_id desc, line_no desc
        ) as recency
    from raw.money_event
)

select
    shop_id,
    money_event_id,
    source_order_id,
    kind,
    occurred_at,
    amount,
    currency,
    discount,
    tax,
    shipping,
    tip,
    gift_card,
    source_id,
    observed_at
from observed
where recency = 1
