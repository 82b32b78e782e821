-- The brand's account on its home server.
-- grain:  one row per account
-- key:    platform, account_id
-- params: $account
select
    min(line_no) as line_no,
    'mastodon' as platform,
    account_id,
    any_value(nullif(account ->> '$.display_name', '') order by line_no) as name,
    any_value(account ->> '$.acct' order by line_no) as handle
from mastodon_own_status('input', $account)
where account_id is not null
group by account_id
