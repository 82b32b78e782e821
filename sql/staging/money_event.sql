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

-- what the ledger tells of an order by itself
told as (
    select
        shop_id,
        source_order_id,
        bool_or(kind = 'sale') as has_sale,
        sum(amount) filter (where kind in ('refund', 'adjustment', 'cancel') and amount < 0) as given_back
    from newest
    group by shop_id, source_order_id
),

event as (
    select
        newest.shop_id,
        newest.money_event_id,
        newest.source_order_id,
        case newest.kind when 'order_total' then 'sale' when 'refund_total' then 'refund' else newest.kind end as kind,
        -- every later export states a total again; the first to state it is nearest to the day
        case newest.kind when 'refund_total' then newest.first_seen_at else newest.occurred_at end as occurred_at,
        case newest.kind when 'refund_total' then newest.amount - coalesce(told.given_back, 0) else newest.amount end as amount,
        newest.currency,
        -- of the rest of a total nobody says what it was for
        case
            when newest.kind = 'refund_total' and told.given_back is not null then []
            else [newest.discount, newest.tax, newest.shipping, newest.tip, newest.gift_card]
        end as parts,
        newest.source_id,
        newest.observed_at
    from newest
    inner join told
        on told.shop_id = newest.shop_id
        and told.source_order_id = newest.source_order_id
    where case newest.kind
        when 'refund_total' then newest.amount < coalesce(told.given_back, 0)
        when 'order_total' then not told.has_sale
        else newest.kind <> 'order_unpaid'
    end
),

judged as (
    select
        *,
        kind <> 'sale' and amount <> 0 and len(list_filter(parts, part -> part is not null)) = 0 as is_bare
    from event
),

bare as (
    select
        shop_id,
        source_order_id,
        money_event_id,
        currency,
        1000000 // minor_per_unit(currency) as unit,
        -amount as given_back,
        sum(-amount) over (
            partition by shop_id, source_order_id, currency
            order by occurred_at, money_event_id
            rows between unbounded preceding and current row
        ) as given_back_so_far
    from judged
    where is_bare
),

-- what is left of a sale beside the bare refunds; where nothing is, the sale
left_over as (
    select
        shop_id,
        source_order_id,
        currency,
        sum(amount) > 0 as is_some_left,
        sum(amount) as amount,
        [sum(parts[1]), sum(parts[2]), sum(parts[3]), sum(parts[4]), sum(parts[5])] as parts,
        sum(amount) filter (where kind = 'sale') as sold,
        [
            sum(parts[1]) filter (where kind = 'sale'), sum(parts[2]) filter (where kind = 'sale'), sum(parts[3]) filter (where kind = 'sale'),
            sum(parts[4]) filter (where kind = 'sale'), sum(parts[5]) filter (where kind = 'sale')
        ] as sold_parts
    from judged
    where not is_bare
        and (shop_id, source_order_id) in (select (shop_id, source_order_id) from bare)
    group by shop_id, source_order_id, currency
),

whole as (
    select
        bare.shop_id,
        bare.money_event_id,
        bare.unit,
        bare.given_back_so_far,
        bare.given_back_so_far - bare.given_back as given_back_before,
        case when is_some_left then left_over.amount else left_over.sold end as amount,
        case when is_some_left then left_over.parts else left_over.sold_parts end as parts
    from bare
    inner join left_over
        on left_over.shop_id = bare.shop_id
        and left_over.source_order_id = bare.source_order_id
        and left_over.currency = bare.currency
),

-- up to and without this refund, less up to and with it
shared as (
    select
        shop_id,
        money_event_id,
        list_transform(
            parts,
            part -> share_in_minor(part, given_back_before, amount, unit) - share_in_minor(part, given_back_so_far, amount, unit)
        ) as parts
    from whole
    where amount > 0
)

select
    judged.shop_id,
    judged.money_event_id,
    judged.source_order_id,
    judged.kind,
    judged.occurred_at,
    judged.amount,
    judged.currency,
    coalesce(judged.parts[1], shared.parts[1]) as discount,
    coalesce(judged.parts[2], shared.parts[2]) as tax,
    coalesce(judged.parts[3], shared.parts[3]) as shipping,
    coalesce(judged.parts[4], shared.parts[4]) as tip,
    coalesce(judged.parts[5], shared.parts[5]) as gift_card,
    judged.source_id,
    judged.observed_at
from judged
left join shared
    on shared.shop_id = judged.shop_id
    and shared.money_event_id = judged.money_event_id
