-- Orders whose shop export says nothing of consent: they cannot be linked to persons until the source declares it.
-- severity: warn
-- grain:    one row per source
select source_id, count(*) as orders
from staging.orders
where has_analytics_consent is null
group by source_id
