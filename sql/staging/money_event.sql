-- The signed ledger: revenue is read from here and nowhere else. A refund that an export states only as an order's total so far
-- counts for what exceeds the order's dated refunds, so that one refund told twice is one refund; the total that an order states of itself
-- is its sale only where no ledger tells that sale. A refund that does not say what it was for gives back every part of what is left of
-- its sale alike, so that a refund in full leaves nothing; several such are counted together, to the cent.
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
),

event as (
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
        observed_at,
        kind <> 'sale' and amount <> 0 and coalesce(discount, tax, shipping, tip, gift_card) is null as is_bare
    from (
        select * exclude (first_seen_at)
        from newest
        where kind not in ('refund_total', 'order_total', 'order_unpaid')
        union all by name
        select * exclude (first_seen_at) replace ('sale' as kind)
        from stated
        union all by name
        select * exclude (first_seen_at)
        from remainders
        where amount < 0
    )
),

bare as (
    select
        shop_id,
        source_order_id,
        money_event_id,
        currency,
        -amount as given_back,
        sum(-amount) over (
            partition by shop_id, source_order_id, currency
            order by occurred_at, money_event_id
            rows between unbounded preceding and current row
        ) as given_back_so_far
    from event
    where is_bare
),

-- what is left of a sale beside the bare refunds; where nothing is, the sale
left_over as (
    select
        shop_id,
        source_order_id,
        currency,
        case when sum(amount) > 0 then sum(amount) else sum(amount) filter (where kind = 'sale') end as amount,
        case when sum(amount) > 0 then sum(discount) else sum(discount) filter (where kind = 'sale') end as discount,
        case when sum(amount) > 0 then sum(tax) else sum(tax) filter (where kind = 'sale') end as tax,
        case when sum(amount) > 0 then sum(shipping) else sum(shipping) filter (where kind = 'sale') end as shipping,
        case when sum(amount) > 0 then sum(tip) else sum(tip) filter (where kind = 'sale') end as tip,
        case when sum(amount) > 0 then sum(gift_card) else sum(gift_card) filter (where kind = 'sale') end as gift_card
    from event
    where not is_bare
        and (shop_id, source_order_id) in (select (shop_id, source_order_id) from bare)
    group by shop_id, source_order_id, currency
),

-- up to and with this refund, less up to and without it
shared as (
    select
        bare.shop_id,
        bare.money_event_id,
        share_in_minor(sale.discount, given_back_so_far - given_back, sale.amount, bare.currency)
            - share_in_minor(sale.discount, given_back_so_far, sale.amount, bare.currency) as discount,
        share_in_minor(sale.tax, given_back_so_far - given_back, sale.amount, bare.currency)
            - share_in_minor(sale.tax, given_back_so_far, sale.amount, bare.currency) as tax,
        share_in_minor(sale.shipping, given_back_so_far - given_back, sale.amount, bare.currency)
            - share_in_minor(sale.shipping, given_back_so_far, sale.amount, bare.currency) as shipping,
        share_in_minor(sale.tip, given_back_so_far - given_back, sale.amount, bare.currency)
            - share_in_minor(sale.tip, given_back_so_far, sale.amount, bare.currency) as tip,
        share_in_minor(sale.gift_card, given_back_so_far - given_back, sale.amount, bare.currency)
            - share_in_minor(sale.gift_card, given_back_so_far, sale.amount, bare.currency) as gift_card
    from bare
    inner join left_over as sale
        on sale.shop_id = bare.shop_id
        and sale.source_order_id = bare.source_order_id
        and sale.currency = bare.currency
    where sale.amount > 0
)

select
    event.shop_id,
    event.money_event_id,
    event.source_order_id,
    event.kind,
    event.occurred_at,
    event.amount,
    event.currency,
    coalesce(event.discount, shared.discount) as discount,
    coalesce(event.tax, shared.tax) as tax,
    coalesce(event.shipping, shared.shipping) as shipping,
    coalesce(event.tip, shared.tip) as tip,
    coalesce(event.gift_card, shared.gift_card) as gift_card,
    event.source_id,
    event.observed_at
from event
left join shared
    on shared.shop_id = event.shop_id
    and shared.money_event_id = event.money_event_id
