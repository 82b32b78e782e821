-- Entries of the books of finance, each with what its account is and the order that its reference names.
-- grain:  one row per entry
-- key:    entry_id
-- units:  minor units of the reporting currency at the rate of the entry's day; null where there is no rate
with

entries as (
    select
        entry.*,
        upper(trim(entry.reference)) as named,
        account.class
    from staging.ledger_entry as entry
    left join finance.ledger_account as account
        on account.account = lower(trim(entry.account))
),

names as (
    select
        unnest([
            upper(shop_id || ':' || source_order_id),
            upper(source_order_id),
            upper(order_name),
            upper(ltrim(order_name, '#')),
            upper(shop_id || ':' || order_name)
        ]) as named,
        shop_id || ':' || source_order_id as order_id
    from staging.orders
    where exists (select 1 from entries)
),

orders as (
    select
        names.named,
        case when count(distinct names.order_id) = 1 then min(names.order_id) end as order_id,
        count(distinct names.order_id) as order_count
    from names
    inner join (select distinct named from entries) as wanted
        on wanted.named = names.named
    group by names.named
),

sold as (
    select distinct conversion_id
    from staging.revenue_event
)

select
    entries.entry_id,
    entries.entry_date,
    entries.account,
    entries.class,
    entries.currency,
    entries.amount,
    entries.reference,
    priced.minor,
    orders.order_id as conversion_id,
    case
        when orders.order_count > 1 then 'ambiguous'
        when sold.conversion_id is not null then 'sold'
        when orders.order_id is not null then 'not_sold'
        else 'unknown'
    end as scope
from entries
left join finance.ledger_priced as priced
    on priced.entry_id = entries.entry_id
left join orders
    on orders.named = entries.named
left join sold
    on sold.conversion_id = orders.order_id
