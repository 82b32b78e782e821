-- The YouTube channels of the report.
-- grain:  one row per channel
-- key:    platform, account_id
select
    min(line_no) as line_no,
    'youtube' as platform,
    cell(channel_id) as account_id,
    max(social_instant_text(synced, null, 'UTC')) as observed_at
from input
where cell(channel_id) is not null
group by cell(channel_id)
