-- The signed ledger: revenue is read from here and nowhere else. A refund that an export states only as an order's total so far
-- counts for what exceeds the order's dated refunds, so that one refund told twice is one refund; the total that an order states of itself
-- is its sale only where no ledger tells that sale.
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
        min(try_cast(occurred_at as timestamptz)) over (
            partition by shop_id, money_event_id, try_cast(amount as decimal(18, 6))
        ) as first_seen_at,
        row_number() over (
            partition by shop_id, money_event_id
            order by try_cast(observed_at as timestamptz) desc nulls last, batch_id desc, line_no desc
        ) as recency
    from raw.money_event
),

newest as (
    select * exclude (recency)
    from observed
    where recency = 1
),

dated as (
    select shop_id, source_order_id, sum(amount) as amount
    from newest
    where kind in ('refund', 'adjustment', 'cancel') and amount < 0
    group by shop_id, source_order_id
),

remainders as (
    select
        newest.* exclude (kind, occurred_at, amount, discount, tax, shipping, tip, gift_card),
        'refund' as kind,
        -- every later export states the total again; the first to state it is nearest to the day
        newest.first_seen_at as occurred_at,
        newest.amount - coalesce(dated.amount, 0) as amount,
        case when dated.amount is null then newest.discount end as discount,
        case when dated.amount is null then newest.tax end as tax,
        case when dated.amount is null then newest.shipping end as shipping,
        case when dated.amount is null then newest.tip end as tip,
        case when dated.amount is null then newest.gift_card end as gift_card
    from newest
    left join dated
        on dated.shop_id = newest.shop_id
        and dated.source_order_id = newest.source_order_id
    where newest.kind = 'refund_total'
),

told as (
    select distinct shop_id, source_order_id
    from newest
    where kind = 'sale'
),

stated as (
    select newest.*
    from newest
    anti join told
        on told.shop_id = newest.shop_id
        and told.source_order_id = newest.source_order_id
    where newest.kind = 'order_total'
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
from newest
where kind not in ('refund_total', 'order_total', 'order_unpaid')
union all
select
    shop_id,
    money_event_id,
    source_order_id,
    'sale' as kind,
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
from stated
union all
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
from remainders
where amount < 0
