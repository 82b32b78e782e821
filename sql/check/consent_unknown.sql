-- Orders and other conversions whose source says nothing of consent: they cannot be linked to persons until the source declares it.
-- severity: warn
-- grain:    one row per source and kind
select source_id, 'order' as kind, count(*) as conversions
from staging.orders
where has_analytics_consent is null
group by source_id
union all
select source_id, kind, count(distinct conversion_id) as conversions
from raw.conversion
where conversion_id in (select conversion_id from staging.conversion where has_analytics_consent is null)
group by source_id, kind
