-- Posts and what is known of them: each metric as last observed.
-- grain:  one row per post
-- key:    platform, post_id
with

metrics as (
    select
        platform,
        entity_id as post_id,
        max(value) filter (where metric = 'impressions') as impressions,
        max(value) filter (where metric = 'views') as views,
        max(value) filter (where metric = 'reach') as reach,
        max(value) filter (where metric = 'reactions') as reactions,
        max(value) filter (where metric = 'comments') as comments,
        max(value) filter (where metric = 'shares') as shares,
        max(value) filter (where metric = 'saves') as saves,
        max(value) filter (where metric = 'link_clicks') as link_clicks,
        max(value) filter (where metric = 'negative') as negative
    from (
        -- one post told of by two exports is one post: the newer of them
        select platform, entity_id, metric, max_by(value, (observed_at, coalesce(account_id, ''), entity_type, to_date)) as value
        from staging.metric_current
        where entity_type in ('post', 'video')
            and grain = 'lifetime'
            and coalesce(breakdown, '') = ''
        group by platform, entity_id, metric
        union all
        -- days add up only for metrics that may be added
        select platform, post_id, metric, sum(value) as value
        from staging.metric_daily
        group by platform, post_id, metric
    )
    group by platform, entity_id
)

select
    post.platform,
    post.post_id,
    post.account_id,
    post.kind,
    post.published_at,
    post.permalink,
    post_key.campaign_id,
    metrics.impressions,
    metrics.views,
    metrics.reach,
    metrics.reactions,
    metrics.comments,
    metrics.shares,
    metrics.saves,
    metrics.link_clicks,
    metrics.negative,
    -- recomputed from its parts: each tool's own "engagements" means something else
    coalesce(metrics.reactions, 0) + coalesce(metrics.comments, 0) + coalesce(metrics.shares, 0) + coalesce(metrics.saves, 0) as engagements
from staging.post as post
left join metrics
    on metrics.platform = post.platform
    and metrics.post_id = post.post_id
left join staging.post_key as post_key
    on post_key.platform = post.platform
    and post_key.content = post.post_id
where post.deleted_at is null
