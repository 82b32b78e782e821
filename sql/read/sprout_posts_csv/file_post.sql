-- The posts of a Sprout Social export.
-- grain:  one row per row of the file
-- key:    line_no
-- params: $account, $date_order, $time_zone
select
    line_no,
    'sprout' as scheduler,
    platform,
    post_id,
    id,
    link,
    message,
    social_instant_text(date, $date_order, coalesce($time_zone, 'UTC')) as published_at,
    $time_zone is not null as is_published_zone_known,
    coalesce(cell(content_type), post_type) as post_type,
    impressions,
    reach,
    engagement,
    likes,
    comments,
    shares,
    saves,
    video_views,
    link_clicks,
    reject_reason
from scheduler_row('input', $account)
