-- The videos that numbers are told of. A number says only that its video exists, so this is older than any description of it.
-- grain:  one row per video
-- key:    platform, post_id
select
    min(line_no) as line_no,
    'youtube' as platform,
    youtube_video_id(video_id) as post_id,
    min(cell(channel_id)) as account_id,
    'https://www.youtube.com/watch?v=' || youtube_video_id(video_id) as permalink,
    'video' as kind,
    '1970-01-01T00:00:00Z' as observed_at
from input
where youtube_video_id(video_id) is not null
group by youtube_video_id(video_id)
