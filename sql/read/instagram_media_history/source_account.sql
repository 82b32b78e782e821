-- The Instagram accounts whose posts were synced. Their handles are the brand's own.
-- grain:  one row per account
-- key:    platform, account_id
select
    min(line_no) as line_no,
    'instagram' as platform,
    cell(user_id) as account_id,
    max_by(cell(username), line_no) as handle,
    instant_text(max(try_cast(social_instant_text(synced, null, 'UTC') as timestamptz))) as observed_at
from input
where cell(user_id) is not null
group by cell(user_id)
