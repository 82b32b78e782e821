-- What all models share out, and whose journeys they are.
-- grain:  one row
-- units:  conversions and non_conversions in journeys; revenue in minor units, net of refunds
select
    count(*) as journeys,
    coalesce(sum(case when is_converted then 1 else 0 end), 0) as conversions,
    coalesce(sum(case when is_converted then 0 else 1 end), 0) as non_conversions,
    coalesce(sum(net_minor), 0) as revenue,
    -- an order of nobody known is a person of its own
    count(distinct person_id) + count(*) filter (where person_id is null) as persons,
    coalesce(sum(len(channels)), 0) as touches
from journey.journey
