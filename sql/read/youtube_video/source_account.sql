-- The YouTube channels whose videos were synced.
-- grain:  one row per channel
-- key:    platform, account_id
select
    min(line_no) as line_no,
    'youtube' as platform,
    cell(snippet_channel_id) as account_id,
    any_value(cell(snippet_channel_title) order by line_no) as name,
    instant_text(max(try_cast(social_instant_text(synced, null, 'UTC') as timestamptz))) as observed_at
from input
where cell(snippet_channel_id) is not null
group by cell(snippet_channel_id)
