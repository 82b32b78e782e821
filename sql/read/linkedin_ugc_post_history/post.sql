-- Posts of a LinkedIn organisation, once per sync. Drafts are not posts; a post outside the feed is a dark one, made for ads.
-- grain:  one row per post and sync
-- key:    platform, post_id, observed_at
select
    line_no,
    'linkedin' as platform,
    linkedin_post_id(id) as post_id,
    linkedin_account_id(author) as account_id,
    json_object('urn', cell(id)) as native_ids,
    'https://www.linkedin.com/feed/update/' || cell(id) as permalink,
    social_instant_text(coalesce(cell(first_published_at), created_time), null, 'UTC') as published_at,
    'true' as is_published_zone_known,
    case
        when cell(response_context_parent) is not null then 'quote'
        -- a value here, not an empty cell
        when upper(trim(feed_distribution)) = 'NONE' then 'ad_dark'
        else 'post'
    end as kind,
    upper(trim(feed_distribution)) = 'NONE' as is_paid,
    excerpt(commentary) as text_excerpt,
    first_link(commentary) as link_url,
    case
        when upper(cell(lifecycle_state)) = 'DELETED' then social_instant_text(coalesce(cell(last_modified_time), synced), null, 'UTC')
    end as deleted_at,
    social_instant_text(synced, null, 'UTC') as observed_at
from input
where coalesce(upper(cell(lifecycle_state)), '') not in ('DRAFT', 'PUBLISH_REQUESTED', 'PUBLISH_FAILED', 'PROCESSING', 'PROCESSING_FAILED')
