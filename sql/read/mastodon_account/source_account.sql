-- The brand's account on its home server.
-- grain:  one row per account
-- key:    platform, account_id
select
    line_no,
    'mastodon' as platform,
    record ->> '$.id' as account_id,
    nullif(record ->> '$.display_name', '') as name,
    record ->> '$.acct' as handle
from input
where json_type(record, '$.source') = 'OBJECT'
