-- The posts that numbers are told of. A number says only that its post exists, so this is older than any description of it.
-- grain:  one row per post
-- key:    platform, post_id
select
    min(line_no) as line_no,
    'facebook' as platform,
    facebook_post_id(post_id, null) as post_id,
    min(nullif(regexp_extract(cell(post_id), '^(\d+)_', 1), '')) as account_id,
    json_object('post_id', min(cell(post_id))) as native_ids,
    'post' as kind,
    '1970-01-01T00:00:00Z' as observed_at
from input
where facebook_post_id(post_id, null) is not null
group by facebook_post_id(post_id, null)
