-- Single engagements of persons with posts.
-- grain:  one row per platform, engagement_id
-- key:    platform, engagement_id
with

observed as (
    select
        platform,
        engagement_id,
        post_id,
        account_id,
        actor_key,
        kind,
        try_cast(polarity as bigint) as polarity,
        stance,
        stance_method,
        try_cast(occurred_at as timestamptz) as occurred_at,
        try_cast(received_at as timestamptz) as received_at,
        parent_engagement_id,
        retracts_engagement_id,
        visibility,
        try_cast(is_verified as boolean) as is_verified,
        text_hash,
        country,
        region,
        source_id,
        try_cast(observed_at as timestamptz) as observed_at,
        row_number() over (
            partition by platform, engagement_id
            order by try_cast(observed_at as timestamptz) desc nulls last, batch_id desc, line_no desc
        ) as recency
    from raw.engagement_event
)

select
    platform,
    engagement_id,
    post_id,
    account_id,
    actor_key,
    kind,
    polarity,
    stance,
    stance_method,
    occurred_at,
    received_at,
    parent_engagement_id,
    retracts_engagement_id,
    visibility,
    is_verified,
    text_hash,
    country,
    region,
    source_id,
    observed_at
from observed
where recency = 1
