-- The posts that numbers are told of. A number says only that its post exists, so this is older than any description of it.
-- grain:  one row per post
-- key:    platform, post_id
select
    min(line_no) as line_no,
    'linkedin' as platform,
    linkedin_post_id(post_urn) as post_id,
    min(linkedin_account_id(organization_urn)) as account_id,
    json_object('urn', min(cell(post_urn))) as native_ids,
    'https://www.linkedin.com/feed/update/' || min(cell(post_urn)) as permalink,
    'post' as kind,
    '1970-01-01T00:00:00Z' as observed_at
from input
where linkedin_post_id(post_urn) is not null
group by linkedin_post_id(post_urn)
