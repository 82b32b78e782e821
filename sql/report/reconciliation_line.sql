-- Lines behind each step of the bridge, summed by cause, account and day. The references of single entries stay in the warehouse;
-- "liftproof check --ledger" prints those that do not fit.
-- grain:  one row per basis, period, side, step, cause, account and day
-- key:    basis, period, side, step, cause, account, fact_date
-- units:  amount in the reporting currency, signed as it leads from the books to the base
-- params: $minor_unit (double)
select
    fact.basis,
    period.period,
    fact.side,
    fact.step,
    fact.cause,
    fact.account,
    fact.fact_date,
    cast(cast(sum(fact.minor) as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as amount,
    count(*) as line_count
from finance.bridge_fact as fact
inner join finance.period as period
    on fact.fact_date between period.period_start and period.period_end
group by fact.basis, period.period, fact.side, fact.step, fact.cause, fact.account, fact.fact_date
