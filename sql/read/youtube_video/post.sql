-- Videos of a YouTube channel.
-- grain:  one row per video and sync
-- key:    platform, post_id, observed_at
select
    line_no,
    'youtube' as platform,
    youtube_video_id(id) as post_id,
    cell(snippet_channel_id) as account_id,
    'https://www.youtube.com/watch?v=' || youtube_video_id(id) as permalink,
    social_instant_text(snippet_published_at, null, 'UTC') as published_at,
    'true' as is_published_zone_known,
    -- a duration in ISO 8601 (PT49M19S)
    case when regexp_matches(content_details_duration, '^PT(?:[0-5]?\dS|60S|1M0?S?)$') then 'short' else 'video' end as kind,
    excerpt(snippet_title) as text_excerpt,
    first_link(snippet_description) as link_url,
    social_instant_text(synced, null, 'UTC') as observed_at
from input
