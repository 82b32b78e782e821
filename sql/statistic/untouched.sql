-- Conversions that no touch precedes, not even one of unknown channel, by bucket of persons.
-- grain:  one row per bucket
-- key:    bucket
-- units:  revenue in minor units, net of refunds
select
    cast(bucket as double) as bucket,
    cast(sum(journeys) as double) as conversions,
    cast(sum(net_minor) as double) as revenue
from journey.path
where is_converted
    and is_untouched
group by bucket
order by bucket
