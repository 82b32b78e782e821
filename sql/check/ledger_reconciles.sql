-- The books of finance lead to what was attributed and spent, and nothing is left unexplained; "liftproof check --ledger" names the entries.
-- severity: warn
-- grain:    one row per basis, period and side that breaks it
select basis, period, side, amount, line_count
from report.reconciliation
where step = 'unexplained'
    and (amount <> 0 or line_count > 0)
