-- The LinkedIn organisations whose posts were synced.
-- grain:  one row per organisation
-- key:    platform, account_id
select
    min(line_no) as line_no,
    'linkedin' as platform,
    linkedin_account_id(author) as account_id,
    instant_text(max(try_cast(social_instant_text(synced, null, 'UTC') as timestamptz))) as observed_at
from input
where linkedin_account_id(author) is not null
group by linkedin_account_id(author)
