-- Videos of a YouTube Studio table. The row of totals is no video. An id that a spreadsheet took for a formula is rejected.
-- grain:  one row per video
-- key:    platform, post_id
-- params: $account, $time_zone, $date_order
select
    line_no,
    'youtube' as platform,
    youtube_video_id(id) as post_id,
    coalesce($account, 'youtube') as account_id,
    'https://www.youtube.com/watch?v=' || youtube_video_id(id) as permalink,
    social_instant_text(publish_time, $date_order, coalesce($time_zone, 'UTC')) as published_at,
    $time_zone is not null as is_published_zone_known,
    case when try_cast(duration as integer) <= 60 then 'short' else 'video' end as kind,
    excerpt(video_title) as text_excerpt,
    first_link(video_title) as link_url
from input
where cell(video_title) is not null or cell(publish_time) is not null
