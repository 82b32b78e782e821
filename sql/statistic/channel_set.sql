-- Journeys by their set of distinct channels, summed by bucket of persons: what the Shapley values read.
-- grain:  one row per bucket and set
-- key:    bucket, channels
-- units:  conversions and non_conversions in journeys; revenue in minor units, net of refunds
with

journeys as (
    select bucket, list_sort(list_distinct(channels)) as channels, is_converted, journeys, net_minor
    from journey.path
)

select
    channels,
    bucket,
    sum(case when is_converted then journeys else 0 end) as conversions,
    sum(case when is_converted then 0 else journeys end) as non_conversions,
    sum(net_minor) as revenue
from journeys
group by channels, bucket
