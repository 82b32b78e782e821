-- The bridge from the books of finance to what was attributed, step by step. What the steps leave over is `unexplained`, and only that.
-- grain:  one row per basis, period, side and step
-- key:    basis, period, side, step
-- units:  amount in the reporting currency; books and steps add up to the base; attributed, baseline and unattributed do too
-- params: $minor_unit (double)
with

steps as (
    select *
    from (values
        ('revenue', 1, 'ledger', 'Net revenue in the books'),
        ('revenue', 2, 'out_of_scope', 'Out of scope: wholesale, test and unpaid orders'),
        ('revenue', 3, 'timing', 'Sales booked in another period than that of their order'),
        ('revenue', 4, 'refund_date', 'Refunds booked in another period than the basis counts them'),
        ('revenue', 5, 'tax_shipping', 'Tax and shipping inside the entries'),
        ('revenue', 6, 'fx', 'Exchange: rate of another day, rounding'),
        ('revenue', 7, 'missing_in_source', 'In the books, in no shop'),
        ('revenue', 8, 'missing_in_ledger', 'In a shop, not in the books'),
        ('revenue', 9, 'unexplained', 'Unexplained'),
        ('revenue', 10, 'base', 'Attribution base'),
        ('revenue', 11, 'attributed', 'of which attributed'),
        ('revenue', 12, 'baseline', 'of which direct'),
        ('revenue', 13, 'unattributed', 'of which unattributed'),
        ('spend', 1, 'ledger', 'Invoices of ad platforms'),
        ('spend', 2, 'timing', 'Invoices of another period than that of the ads'),
        ('spend', 3, 'fx', 'Exchange: rate of another day, rounding'),
        ('spend', 4, 'missing_in_source', 'Invoiced, in no export of a platform'),
        ('spend', 5, 'missing_in_ledger', 'In an export of a platform, not invoiced'),
        ('spend', 6, 'unexplained', 'Unexplained'),
        ('spend', 7, 'base', 'Spend')
    ) as step (side, position, step, label)
),

bases as (
    select unnest(['order_date', 'event_date']) as basis
),

-- only where there are books to start from
sides as (
    select distinct side
    from finance.bridge_fact
    where step = 'ledger'
),

facts as (
    select
        fact.basis,
        period.period,
        fact.side,
        fact.step,
        sum(fact.minor) as minor,
        count(*) as line_count
    from finance.bridge_fact as fact
    inner join finance.period as period
        on fact.fact_date between period.period_start and period.period_end
    where fact.step <> 'unexplained'
    group by fact.basis, period.period, fact.side, fact.step
),

broken_lines as (
    select fact.basis, period.period, fact.side, count(*) as line_count
    from finance.bridge_fact as fact
    inner join finance.period as period
        on fact.fact_date between period.period_start and period.period_end
    where fact.step = 'unexplained'
    group by fact.basis, period.period, fact.side
),

base as (
    select bases.basis, period.period, 'revenue' as side, sum(event.revenue_minor) as minor, count(*) as line_count
    from staging.revenue_event as event
    cross join bases
    inner join finance.period as period
        on case bases.basis when 'order_date' then event.conversion_date else event.event_date end between period.period_start and period.period_end
    group by bases.basis, period.period
    union all
    select bases.basis, period.period, 'spend' as side, sum(event.spend_minor) as minor, count(*) as line_count
    from staging.spend_event as event
    cross join bases
    inner join finance.period as period
        on event.spend_date between period.period_start and period.period_end
    group by bases.basis, period.period
),

split as (
    select
        basis,
        period,
        case row_type when 'channel' then 'attributed' else row_type end as step,
        sum(gross + refunds) as minor,
        count(*) as line_count
    from finance.roi_cell
    group by all
),

led as (
    select basis, period, side, sum(minor) as minor
    from facts
    group by basis, period, side
)

select
    bases.basis,
    period.period,
    steps.side,
    steps.position,
    steps.step,
    steps.label,
    cast(cast(
        case
            when steps.step = 'base' then coalesce(base.minor, 0)
            when steps.step = 'unexplained' then coalesce(base.minor, 0) - coalesce(led.minor, 0)
            else coalesce(facts.minor, split.minor, 0)
        end as decimal(28, 0)
    ) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as amount,
    cast(case
        when steps.step = 'base' then coalesce(base.line_count, 0)
        when steps.step = 'unexplained' then coalesce(broken_lines.line_count, 0)
        else coalesce(facts.line_count, split.line_count, 0)
    end as bigint) as line_count,
    case when steps.step in ('attributed', 'baseline', 'unattributed') then 'roi' when steps.step = 'base' then 'attribution' else 'reconciliation_line' end as lines_in
from steps
inner join sides
    on sides.side = steps.side
cross join bases
cross join finance.period as period
left join facts
    on facts.basis = bases.basis
    and facts.period = period.period
    and facts.side = steps.side
    and facts.step = steps.step
left join base
    on base.basis = bases.basis
    and base.period = period.period
    and base.side = steps.side
left join led
    on led.basis = bases.basis
    and led.period = period.period
    and led.side = steps.side
left join broken_lines
    on broken_lines.basis = bases.basis
    and broken_lines.period = period.period
    and broken_lines.side = steps.side
left join split
    on steps.side = 'revenue'
    and split.basis = bases.basis
    and split.period = period.period
    and split.step = steps.step
