-- The share of posts and engagement kinds in credited sales: a touch that names its post gives it all, a touch of a campaign is
-- shared out over the campaign's posts by engagement before it, weighted by kind and decay. Credit, not proof.
-- grain:  one row per model, platform, post, engagement kind, campaign and way of matching
-- key:    model, platform, post_id, engagement_kind, campaign_id, matched_by
-- units:  conversions are credit; revenue_gross and revenue_net in the reporting currency
-- params: $minor_unit (double)
select
    model,
    platform,
    post_id,
    engagement_kind,
    campaign_id,
    matched_by,
    cast(cast(sum(credit) as decimal(28, 0)) * 0.000000001 as decimal(28, 9)) as conversions,
    cast(cast(sum(gross_minor) as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as revenue_gross,
    cast(cast(sum(net_minor) as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as revenue_net
from result.post_credit
group by model, platform, post_id, engagement_kind, campaign_id, matched_by
having sum(credit) <> 0 or sum(gross_minor) <> 0 or sum(net_minor) <> 0
