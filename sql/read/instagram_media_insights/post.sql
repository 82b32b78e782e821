-- The posts that numbers are told of. A number says only that its post exists, so this is older than any description of it.
-- grain:  one row per post
-- key:    platform, post_id
select
    min(line_no) as line_no,
    'instagram' as platform,
    whole_id(id) as post_id,
    json_object('media_id', whole_id(id)) as native_ids,
    'post' as kind,
    '1970-01-01T00:00:00Z' as observed_at
from input
where whole_id(id) is not null
group by whole_id(id)
