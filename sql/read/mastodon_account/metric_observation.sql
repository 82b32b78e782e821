-- Followers of the brand's account when its server was asked.
-- grain:  one row per account
-- key:    platform, account_id, metric
select
    line_no,
    'mastodon' as platform,
    record ->> '$.id' as account_id,
    'account' as entity_type,
    record ->> '$.id' as entity_id,
    'followers' as metric,
    'lifetime' as grain,
    '' as breakdown,
    record ->> '$.followers_count' as value,
    metric_unit('followers') as unit,
    metric_additivity('followers') as additivity,
    'mastodon_followers_count' as definition_version
from input
where json_type(record, '$.source') = 'OBJECT'
