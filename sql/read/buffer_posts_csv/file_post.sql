-- The posts of a Buffer export.
-- grain:  one row per row of the file
-- key:    line_no
-- params: $account, $date_order, $time_zone
select
    line_no,
    'buffer' as scheduler,
    platform,
    post_id,
    id,
    link,
    message,
    social_instant_text(date, $date_order, coalesce($time_zone, 'UTC')) as published_at,
    has_offset(date) or $time_zone is not null as is_published_zone_known,
    post_type as post_type,
    impressions,
    reach,
    engagement,
    likes,
    comments,
    shares,
    cast(null as varchar) as saves,
    cast(null as varchar) as video_views,
    link_clicks,
    reject_reason
from scheduler_row('input', $account)
