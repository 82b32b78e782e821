-- Channels by day, complete: 0 where nothing happened, null where nothing is known (a gap, or not told of this channel at all).
-- grain:  one row per channel and day
-- key:    channel, day
-- units:  counts; spend and claimed_revenue (what the platforms say that they sold) in the reporting currency
select
    name as channel,
    day,
    sessions,
    engagements,
    negative_engagements,
    spend,
    impressions,
    clicks,
    claimed_revenue
from panel.named_day
where kind = 'channel'
