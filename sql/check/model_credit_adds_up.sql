-- Under every model, credit of all channels and (unattributed) is all conversions and all revenue of the journeys.
-- severity: error
-- grain:    one row per model that breaks it
with

journeys as (
    select
        cast(coalesce(sum(case when is_converted then 1 else 0 end), 0) as decimal(28, 9)) as conversions,
        cast(coalesce(sum(net_minor), 0) as bigint) as revenue_minor
    from journey.journey
),

credited as (
    select model, sum(conversions) as conversions, sum(revenue_minor) as revenue_minor
    from result.model_credit
    group by model
)

select run.model, credited.conversions, journeys.conversions as all_conversions, credited.revenue_minor, journeys.revenue_minor as all_revenue_minor
from result.model_run as run
left join credited
    on credited.model = run.model
cross join journeys
where credited.conversions is distinct from journeys.conversions
    or credited.revenue_minor is distinct from journeys.revenue_minor
