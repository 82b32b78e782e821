-- Posts of a Meta Business Suite export of Instagram.
-- grain:  one row per post, or per post and day when the export is by day
-- key:    platform, post_id
-- params: $time_zone, $date_order, $account
select
    line_no,
    'instagram' as platform,
    instagram_post_id(id, permalink) as post_id,
    coalesce(whole_id(account_id), $account) as account_id,
    json_object('media_id', whole_id(id), 'shortcode', instagram_shortcode(permalink)) as native_ids,
    cell(permalink) as permalink,
    social_instant_text(publish_time, $date_order, coalesce($time_zone, 'UTC')) as published_at,
    has_offset(publish_time) or $time_zone is not null as is_published_zone_known,
    coalesce(meta_post_kind(post_type), 'post') as kind,
    excerpt(description) as text_excerpt,
    first_link(description) as link_url
from input
