-- Money events of orders whose side (sale, or what came after it) the ledger has booked, with the rule by which it was booked.
-- grain:  one row per conversion and money event
-- key:    conversion_id, money_event_id
-- units:  booked_amount and shipping_amount in `currency`, for sides that are booked in it; shipping_minor: what the ledger booked as the order's shipping, on its first sale; null where it booked none
-- params: $sales_rate (varchar), $refund_rate (varchar), $reporting_currency (varchar)
with

sides as (
    select
        conversion_id,
        side,
        min(class) as class,
        max(entry_date) as last_entry_date,
        bool_or(currency <> $reporting_currency) as is_foreign_entry,
        -- booked in the currency of the order: compared in it, and exchanged once
        bool_and(currency = event_currency and currency <> $reporting_currency) as is_native
    from finance.booked_line
    where money_event_id is not null
    group by conversion_id, side
),

dates as (
    select conversion_id, money_event_id, min(entry_date) as entry_date, sum(amount) as amount
    from finance.booked_line
    where money_event_id is not null
    group by conversion_id, money_event_id
),

shipping as (
    select conversion_id, sum(minor) as minor, sum(amount) as amount, min(currency) as currency, max(currency) as other_currency
    from finance.ledger_line
    where class = 'shipping'
        and scope = 'sold'
    group by conversion_id
),

events as (
    select
        *,
        case when kind = 'sale' then 'sale' else 'refund' end as side,
        row_number() over (partition by conversion_id, kind = 'sale' order by occurred_at, money_event_id) as event_no
    from staging.revenue_event
    where conversion_id in (select conversion_id from sides)
)

select
    events.conversion_id,
    events.money_event_id,
    events.side,
    sides.class,
    events.event_date,
    events.conversion_date,
    case
        when sides.is_foreign_entry then coalesce(dates.entry_date, sides.last_entry_date)
        when case events.side when 'sale' then $sales_rate else $refund_rate end = 'entry_date' then coalesce(dates.entry_date, sides.last_entry_date)
        else events.conversion_date
    end as rate_date,
    events.revenue_minor,
    events.currency,
    sides.is_native,
    dates.amount as booked_amount,
    case
        when sides.is_native and sides.class = 'revenue' and shipping.currency = events.currency and shipping.other_currency = events.currency
        then case when events.event_no = 1 then shipping.amount else 0 end
    end as shipping_amount,
    sides.class = 'revenue' and shipping.conversion_id is not null as has_booked_shipping,
    case when sides.class = 'revenue' and shipping.conversion_id is not null then case when events.event_no = 1 then shipping.minor else 0 end end as shipping_minor
from events
inner join sides
    on sides.conversion_id = events.conversion_id
    and sides.side = events.side
left join dates
    on dates.conversion_id = events.conversion_id
    and dates.money_event_id = events.money_event_id
left join shipping
    on shipping.conversion_id = events.conversion_id
