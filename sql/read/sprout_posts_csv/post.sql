-- Posts of a Sprout Social export. What the platform itself exports of the same post is newer than its publication and wins.
-- grain:  one row per post
-- key:    platform, post_id
-- params: $account, $date_order, $time_zone
select
    line_no,
    platform,
    post_id,
    json_object('scheduler_id', cell(id), 'shortcode', instagram_shortcode(link)) as native_ids,
    cell(link) as permalink,
    social_instant_text(date, $date_order, coalesce($time_zone, 'UTC')) as published_at,
    $time_zone is not null as is_published_zone_known,
    coalesce(meta_post_kind(coalesce(cell(content_type), post_type)), 'post') as kind,
    excerpt(message) as text_excerpt,
    first_link(message) as link_url,
    social_instant_text(date, $date_order, coalesce($time_zone, 'UTC')) as observed_at,
    reject_reason
from scheduler_row('input', $account)
