-- What posts receive is what their touches earned, under every model.
-- severity: error
-- grain:    one row per model that breaks it
with

shared as (
    select model, sum(credit) as credit, sum(gross_minor) as gross_minor, sum(net_minor) as net_minor
    from result.post_credit
    group by model
),

earned as (
    select model, sum(credit) as credit, sum(gross_minor) as gross_minor, sum(net_minor) as net_minor
    from result.post_earned
    group by model
)

select earned.model, earned.credit, shared.credit as shared_credit, earned.net_minor, shared.net_minor as shared_net_minor
from earned
left join shared
    on shared.model = earned.model
where shared.credit is distinct from earned.credit
    or shared.gross_minor is distinct from earned.gross_minor
    or shared.net_minor is distinct from earned.net_minor
