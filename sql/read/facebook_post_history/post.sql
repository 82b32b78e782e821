-- Posts of a Facebook page, once per sync. A post that was never published is one made for ads.
-- grain:  one row per post and sync
-- key:    platform, post_id, observed_at
select
    line_no,
    'facebook' as platform,
    facebook_post_id(id, permalink_url) as post_id,
    cell(page_id) as account_id,
    json_object('post_id', cell(id)) as native_ids,
    coalesce(cell(permalink_url), 'https://www.facebook.com/' || cell(id)) as permalink,
    social_instant_text(created_time, null, 'UTC') as published_at,
    'true' as is_published_zone_known,
    case
        when flag_text(is_published) = 'false' then 'ad_dark'
        when regexp_matches(cell(status_type), '(?i)video') then 'video'
        else 'post'
    end as kind,
    excerpt(message) as text_excerpt,
    first_link(message) as link_url,
    social_instant_text(synced, null, 'UTC') as observed_at
from input
