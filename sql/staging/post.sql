-- Organic and paid posts.
-- grain:  one row per platform, post_id
-- key:    platform, post_id
with

observed as (
    select
        platform,
        post_id,
        account_id,
        native_ids,
        permalink,
        try_cast(published_at as timestamptz) as published_at,
        try_cast(is_published_zone_known as boolean) as is_published_zone_known,
        kind,
        try_cast(is_paid as boolean) as is_paid,
        text_excerpt,
        link_url,
        campaign_name,
        try_cast(deleted_at as timestamptz) as deleted_at,
        source_id,
        try_cast(observed_at as timestamptz) as observed_at,
        row_number() over (
            partition by platform, post_id
            order by try_cast(observed_at as timestamptz) desc nulls last, batch_id desc, line_no desc
        ) as recency
    from raw.post
)

select
    platform,
    post_id,
    account_id,
    native_ids,
    permalink,
    published_at,
    is_published_zone_known,
    kind,
    is_paid,
    text_excerpt,
    link_url,
    campaign_name,
    deleted_at,
    source_id,
    observed_at
from observed
where recency = 1
