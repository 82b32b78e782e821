-- Attributed and unattributed together are all conversions and all revenue, under every model and basis.
-- severity: error
-- grain:    one row per model and basis that breaks it
-- params:   $minor_unit (double)
with

ledger as (
    select
        sum(revenue_minor) as net_minor,
        count(distinct conversion_id) as conversions
    from staging.revenue_event
)

select report.model, report.basis, sum(report.conversions) as conversions, sum(report.revenue_net) as revenue_net
from report.attribution as report
cross join ledger
group by report.model, report.basis, ledger.net_minor, ledger.conversions
having sum(report.conversions) <> ledger.conversions
    or sum(report.revenue_net) <> cast(cast(ledger.net_minor as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3))
