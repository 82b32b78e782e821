-- Posts of a Meta Business Suite export of a Facebook page.
-- grain:  one row per post, or per post and day when the export is by day
-- key:    platform, post_id
-- params: $time_zone, $date_order, $account
select
    line_no,
    'facebook' as platform,
    facebook_post_id(id, permalink) as post_id,
    coalesce(whole_id(page_id), $account) as account_id,
    json_object('post_id', whole_id(id), 'link_id', facebook_link_id(permalink)) as native_ids,
    cell(permalink) as permalink,
    social_instant_text(publish_time, $date_order, coalesce($time_zone, 'UTC')) as published_at,
    has_offset(publish_time) or $time_zone is not null as is_published_zone_known,
    coalesce(meta_post_kind(post_type), 'post') as kind,
    excerpt(coalesce(cell(description), post_title)) as text_excerpt,
    first_link(description) as link_url
from input
