-- The YouTube channels of the report.
-- grain:  one row per channel
-- key:    platform, account_id
select
    min(line_no) as line_no,
    'youtube' as platform,
    cell(channel_id) as account_id,
    instant_text(max(try_cast(social_instant_text(synced, null, 'UTC') as timestamptz))) as observed_at
from input
where cell(channel_id) is not null
group by cell(channel_id)
