-- Organic and paid posts: each value from the newest export that gives it, since a scheduler knows what the platform's table leaves out.
-- grain:  one row per platform, post_id
-- key:    platform, post_id
with

ranked as (
    select
        *,
        (coalesce(try_cast(observed_at as timestamptz), timestamptz '0001-01-01 00:00:00+00'), batch_id, line_no) as recency
    from raw.post
)

select
    platform,
    post_id,
    arg_max(account_id, recency) as account_id,
    arg_max(native_ids, recency) as native_ids,
    arg_max(permalink, recency) as permalink,
    arg_max(try_cast(published_at as timestamptz), recency) as published_at,
    arg_max(try_cast(is_published_zone_known as boolean), recency) as is_published_zone_known,
    arg_max(kind, recency) as kind,
    arg_max(try_cast(is_paid as boolean), recency) as is_paid,
    arg_max(text_excerpt, recency) as text_excerpt,
    arg_max(link_url, recency) as link_url,
    arg_max(campaign_name, recency) as campaign_name,
    arg_max(try_cast(deleted_at as timestamptz), recency) as deleted_at,
    arg_max(source_id, recency) as source_id,
    max(try_cast(observed_at as timestamptz)) as observed_at
from ranked
group by platform, post_id
