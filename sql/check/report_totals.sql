-- Attributed and unattributed together are all conversions and all revenue, under every model and basis.
-- severity: error
-- grain:    one row per model and basis that breaks it
-- params:   $minor_unit (double)
with

ledger as (
    select
        count(distinct conversion_id) as conversions,
        cast(cast(coalesce(sum(revenue_minor), 0) as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as revenue_net
    from staging.revenue_event
),

-- listed, so that a model or a whole report that is missing is found too
expected as (
    select models.model, bases.basis
    from (select unnest(['first_touch', 'last_touch', 'last_non_direct', 'linear', 'position_based', 'time_decay']) as model) as models
    cross join (select unnest(['order_date', 'event_date']) as basis) as bases
),

reported as (
    select model, basis, sum(conversions) as conversions, sum(revenue_net) as revenue_net
    from report.attribution
    group by model, basis
)

select expected.model, expected.basis, reported.conversions, reported.revenue_net, ledger.conversions as conversions_sold, ledger.revenue_net as revenue_sold
from expected
cross join ledger
left join reported
    on reported.model = expected.model
    and reported.basis = expected.basis
where coalesce(reported.conversions, 0) <> ledger.conversions
    or coalesce(reported.revenue_net, 0) <> ledger.revenue_net
