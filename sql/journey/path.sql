-- Journeys by their sequence of channels, summed by bucket of persons: what the models of credit and the report of paths read.
-- grain:  one row per bucket, sequence, outcome and whether there was a touch at all
-- key:    bucket, channels, is_converted, is_untouched
-- units:  journeys; revenue_minor and net_minor in minor units, before and after refunds; days from first touch to the end, added up
select
    bucket,
    channels,
    is_converted,
    touch_count = 0 as is_untouched,
    count(*) as journeys,
    sum(revenue_minor) as revenue_minor,
    sum(net_minor) as net_minor,
    sum(cast(days as decimal(28, 6))) as days
from journey.journey
group by bucket, channels, is_converted, touch_count = 0
