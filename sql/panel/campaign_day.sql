-- Campaigns by day, complete: 0 where nothing happened, null where nothing is known (a gap, or not told of this campaign at all).
-- grain:  one row per campaign and day
-- key:    campaign_id, day
-- units:  counts; spend and claimed_revenue (what the platforms say that they sold) in the reporting currency
select
    name as campaign_id,
    day,
    sessions,
    engagements,
    negative_engagements,
    spend,
    impressions,
    clicks,
    claimed_revenue
from panel.named_day
where kind = 'campaign'
