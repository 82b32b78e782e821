-- Posts of a scheduler's export. What the platform itself exports of the same post is newer than its publication and wins.
-- grain:  one row per post
-- key:    platform, post_id
select
    line_no,
    platform,
    post_id,
    json_object('scheduler_id', cell(id), 'shortcode', instagram_shortcode(link)) as native_ids,
    cell(link) as permalink,
    published_at,
    is_published_zone_known,
    coalesce(meta_post_kind(post_type), 'post') as kind,
    excerpt(message) as text_excerpt,
    first_link(message) as link_url,
    published_at as observed_at,
    reject_reason
from file_post
