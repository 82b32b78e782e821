-- Instagram media, once per sync. A picture of a carousel stands on its own and names its album in `native_ids`.
-- grain:  one row per post and sync
-- key:    platform, post_id, observed_at
select
    line_no,
    'instagram' as platform,
    instagram_post_id(id, permalink) as post_id,
    cell(user_id) as account_id,
    json_object(
        'media_id', whole_id(id),
        'ig_id', whole_id(ig_id),
        'shortcode', coalesce(cell(shortcode), instagram_shortcode(permalink)),
        'carousel_album_id', cell(carousel_album_id)
    ) as native_ids,
    cell(permalink) as permalink,
    social_instant_text(created_time, null, 'UTC') as published_at,
    'true' as is_published_zone_known,
    case
        when flag_text(is_story) = 'true' or upper(cell(media_product_type)) = 'STORY' then 'story'
        when upper(cell(media_product_type)) = 'REELS' or permalink like '%/reel/%' then 'reel'
        when upper(cell(media_type)) = 'VIDEO' then 'video'
        else 'post'
    end as kind,
    excerpt(caption) as text_excerpt,
    first_link(caption) as link_url,
    social_instant_text(synced, null, 'UTC') as observed_at
from input
