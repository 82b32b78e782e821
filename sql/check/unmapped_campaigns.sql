-- utm_campaign values that belong to no campaign; map them in campaign_map, or add the campaign.
-- severity: warn
-- grain:    one row per source and utm_campaign
select source, campaign, touches, suggested_campaign_id, similarity
from report.unmapped
