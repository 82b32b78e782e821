-- The posts of a Hootsuite export, whose times are in GMT.
-- grain:  one row per row of the file
-- key:    line_no
-- params: $account, $date_order
select
    line_no,
    'hootsuite' as scheduler,
    platform,
    post_id,
    id,
    link,
    message,
    social_instant_text(date, $date_order, 'UTC') as published_at,
    'true' as is_published_zone_known,
    post_type as post_type,
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
