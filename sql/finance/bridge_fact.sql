-- The bridge from the books to what was attributed, fact by fact. No fact is made from what the others leave over: each stands on an
-- entry, an order or a rate of its own.
-- grain:  one row per basis, side, step, cause, subject and day
-- key:    basis, side, step, cause, subject, fact_date
-- units:  minor units of the reporting currency, signed as they lead from the books to the base
with

bases as (
    select unnest(['order_date', 'event_date']) as basis
),

-- whatever could be revenue, also where nobody said what the account is
revenue_lines as (
    select *
    from finance.ledger_line
    where class is null
        or class in ('revenue', 'revenue_gross', 'refund', 'refund_net', 'out_of_scope')
),

lines as (
    select
        'ledger' as step,
        coalesce(class, 'unmapped') as cause,
        account,
        entry_id as subject,
        entry_date as fact_date,
        minor
    from revenue_lines
    where minor is not null
    union all
    select 'out_of_scope', 'account', account, entry_id, entry_date, -minor
    from revenue_lines
    where class = 'out_of_scope' and minor is not null
    union all
    select 'out_of_scope', 'order is a test, unpaid, or without a rate', account, entry_id, entry_date, -minor
    from revenue_lines
    where class is not null and class <> 'out_of_scope' and scope = 'not_sold' and minor is not null
    union all
    select
        'missing_in_source',
        case when scope = 'ambiguous' then 'two orders of that name' when reference is null then 'no reference' else 'no such order' end,
        account,
        entry_id,
        entry_date,
        -minor
    from revenue_lines
    where class is not null and class <> 'out_of_scope' and scope in ('unknown', 'ambiguous') and minor is not null
    union all
    select 'missing_in_source', 'nothing of the kind on the order', account, entry_id, entry_date, -minor
    from finance.booked_line
    where money_event_id is null
    union all
    select 'unexplained', 'account ' || account || ' is not mapped', account, entry_id, entry_date, -minor
    from revenue_lines
    where class is null and minor is not null
    union all
    select 'unexplained', 'no exchange rate for ' || currency, account, entry_id, entry_date, 0
    from finance.ledger_line
    where minor is null and coalesce(class, '') <> 'other'
),

-- an entry of one period about an order of another
moved as (
    select
        bases.basis,
        case line.side when 'sale' then 'timing' else 'refund_date' end as step,
        line.account,
        line.entry_id,
        line.entry_date,
        case bases.basis when 'order_date' then line.conversion_date else line.event_date end as base_date,
        line.minor
    from finance.booked_line as line
    cross join bases
    where line.money_event_id is not null
),

moves as (
    select
        moved.*,
        booked.period as booked_period,
        due.period as due_period
    from moved
    inner join finance.period as booked
        on moved.entry_date between booked.period_start and booked.period_end
    inner join finance.period as due
        on moved.base_date between due.period_start and due.period_end
    where booked.period <> due.period
),

events as (
    select
        bases.basis,
        event.*,
        case bases.basis when 'order_date' then event.conversion_date else event.event_date end as base_date
    from finance.expected_event as event
    cross join bases
),

event_facts as (
    select basis, 'fx' as step, 'rate of another day' as cause, side as account, money_event_id, conversion_id, base_date as fact_date, rate_minor as minor from events
    union all
    select basis, 'fx', 'rounding', side, money_event_id, conversion_id, base_date, rounding_minor from events
    union all
    select basis, 'tax_shipping', 'tax', side, money_event_id, conversion_id, base_date, tax_minor from events
    union all
    select basis, 'tax_shipping', 'shipping', side, money_event_id, conversion_id, base_date, shipping_minor from events
    union all
    select basis, 'tax_shipping', 'tips and gift cards', side, money_event_id, conversion_id, base_date, other_minor from events
    union all
    select basis, 'tax_shipping', 'shipping cut elsewhere', side, money_event_id, conversion_id, base_date, shipping_split_minor from events
),

not_booked as (
    select
        bases.basis,
        event.conversion_id,
        event.money_event_id,
        case when event.kind = 'sale' then 'sale' else 'refund' end as side,
        case bases.basis when 'order_date' then event.conversion_date else event.event_date end as fact_date,
        event.revenue_minor
    from staging.revenue_event as event
    cross join bases
    where exists (select 1 from finance.ledger_line where class in ('revenue', 'revenue_gross', 'refund', 'refund_net'))
        and not exists (
            select 1
            from finance.booked_event as booked
            where booked.conversion_id = event.conversion_id
                and booked.money_event_id = event.money_event_id
        )
),

expected as (
    select
        conversion_id,
        side,
        min(conversion_date) as conversion_date,
        min(event_date) as event_date,
        sum(expected_minor) as minor,
        bool_or(is_native) as is_native,
        sum(booked_together) as together_minor
    from finance.expected_event
    group by conversion_id, side
),

booked as (
    select conversion_id, side, min(account) as account, sum(minor) as minor
    from finance.booked_line
    where money_event_id is not null
    group by conversion_id, side
),

-- an order whose entries are not what its own facts make them
broken as (
    select
        booked.conversion_id,
        booked.side,
        booked.account,
        expected.conversion_date,
        expected.event_date,
        expected.minor - case when expected.is_native then expected.together_minor else booked.minor end as minor
    from booked
    inner join expected
        on expected.conversion_id = booked.conversion_id
        and expected.side = booked.side
    where expected.minor <> case when expected.is_native then expected.together_minor else booked.minor end
),

-- entries of one event in its own currency, exchanged together or one by one
rounded_entries as (
    select
        event.basis,
        event.conversion_id,
        event.money_event_id,
        event.side,
        event.base_date,
        event.booked_together - sum(line.minor) as minor
    from events as event
    inner join finance.booked_line as line
        on line.conversion_id = event.conversion_id
        and line.money_event_id = event.money_event_id
    where event.is_native
    group by event.basis, event.conversion_id, event.money_event_id, event.side, event.base_date, event.booked_together
    having event.booked_together <> sum(line.minor)
)

select basis, 'revenue' as side, step, cause, account, subject, fact_date, cast(minor as bigint) as minor
from lines
cross join bases
union all
select basis, 'revenue', step, 'entry ' || booked_period || ', due ' || due_period, account, entry_id, entry_date, cast(-minor as bigint)
from moves
union all
select basis, 'revenue', step, 'entry ' || booked_period || ', due ' || due_period, account, entry_id || ' due', base_date, cast(minor as bigint)
from moves
union all
select basis, 'revenue', step, cause, account, conversion_id || ' ' || money_event_id, fact_date, cast(minor as bigint)
from event_facts
where minor <> 0
union all
select basis, 'revenue', 'fx', 'rounding of entries', side, conversion_id || ' ' || money_event_id, base_date, cast(minor as bigint)
from rounded_entries
union all
select basis, 'revenue', 'missing_in_ledger', side, side, conversion_id || ' ' || money_event_id, fact_date, cast(revenue_minor as bigint)
from not_booked
union all
select
    bases.basis,
    'revenue',
    'unexplained',
    'the books are not what the order says',
    broken.account,
    broken.conversion_id || ' ' || broken.side,
    case bases.basis when 'order_date' then broken.conversion_date else broken.event_date end,
    cast(broken.minor as bigint)
from broken
cross join bases
union all
select basis, 'spend', step, cause, account, subject, fact_date, minor
from finance.spend_bridge_fact
cross join bases
