-- Journeys by their sequence of channels, summed by bucket of persons: what the models of credit read.
-- grain:  one row per bucket, sequence, outcome and whether there was a touch at all
-- key:    bucket, channels, is_converted, is_untouched
-- units:  journeys; net_minor in minor units, net of refunds; touches in steps of the sequences
select
    bucket,
    channels,
    is_converted,
    touch_count = 0 as is_untouched,
    count(*) as journeys,
    sum(net_minor) as net_minor,
    sum(len(channels)) as touches
from journey.journey
group by bucket, channels, is_converted, touch_count = 0
