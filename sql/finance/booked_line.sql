-- Ledger lines of orders that were sold, each beside the money event that it books: the first line books the first event of its side,
-- and so on; lines beyond the last event belong to that.
-- grain:  one row per entry
-- key:    entry_id
-- units:  amount in `currency`, minor units of the reporting currency
with

lines as (
    select
        *,
        case when class in ('revenue', 'revenue_gross') then 'sale' else 'refund' end as side,
        row_number() over (
            partition by conversion_id, class in ('revenue', 'revenue_gross')
            order by entry_date, entry_id
        ) as line_no
    from finance.ledger_line
    where scope = 'sold'
        and class in ('revenue', 'revenue_gross', 'refund', 'refund_net')
        and minor is not null
),

events as (
    select
        conversion_id,
        money_event_id,
        case when kind = 'sale' then 'sale' else 'refund' end as side,
        event_date,
        conversion_date,
        currency,
        row_number() over (partition by conversion_id, kind = 'sale' order by occurred_at, money_event_id) as event_no
    from staging.revenue_event
    where conversion_id in (select conversion_id from lines)
),

counts as (
    select conversion_id, side, max(event_no) as event_count
    from events
    group by conversion_id, side
),

placed as (
    select lines.*, least(lines.line_no, counts.event_count) as event_no
    from lines
    left join counts
        on counts.conversion_id = lines.conversion_id
        and counts.side = lines.side
)

select
    placed.entry_id,
    placed.entry_date,
    placed.account,
    placed.class,
    placed.currency,
    placed.conversion_id,
    placed.side,
    placed.amount,
    placed.minor,
    events.money_event_id,
    events.event_date,
    events.conversion_date,
    events.currency as event_currency
from placed
left join events
    on events.conversion_id = placed.conversion_id
    and events.side = placed.side
    and events.event_no = placed.event_no
