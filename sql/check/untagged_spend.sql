-- Spend that belongs to no campaign: kept as (untagged); map the platform's campaign id in campaign_map.
-- severity: warn
-- grain:    one row per platform and the platform's campaign name
select platform, campaign_name, currency, sum(spend) as spend
from staging.spend_part
where campaign_id is null
    and spend > 0
group by platform, campaign_name, currency
