-- The names that a post goes by in utm_content (its id, with or without "post-" in front), and its campaign: declared by post,
-- else the campaign that its own link carries.
-- grain:  one row per platform and name
-- key:    platform, content
with

-- a step at a time: each macro repeats what it is given, and nested ones take long to plan
link as (
    select
        platform,
        post_id,
        campaign_name,
        clean_query(link_url) as query
    from staging.post
),

spelled as (
    select
        platform,
        post_id,
        campaign_name,
        query_value(query, 'utm_campaign') as value
    from link
),

decoded as (
    select
        platform,
        post_id,
        campaign_name,
        percent_decoded(value) as value
    from spelled
),

post as (
    select
        platform,
        post_id,
        utm_normal(utm_text(value)) as link_campaign,
        utm_normal(campaign_name) as own_campaign
    from decoded
),

linked as (
    select
        post.platform,
        post.post_id,
        coalesce(
            min(by_post.campaign_id),
            min(by_link.campaign_id),
            min(by_name.campaign_id)
        ) as campaign_id
    from post
    left join staging.campaign_match as by_post
        on by_post.match_type = 'post_id'
        and by_post.value = post.post_id
        and (by_post.platform is null or by_post.platform = post.platform)
    left join staging.campaign_match as by_link
        on by_link.match_type = 'utm_campaign'
        and by_link.value = post.link_campaign
    left join staging.campaign_match as by_name
        on by_name.match_type = 'utm_campaign'
        and by_name.value = post.own_campaign
    group by post.platform, post.post_id
),

named as (
    select
        platform,
        unnest([post_id, 'post-' || post_id]) as content,
        post_id,
        campaign_id
    from linked
),

-- where the id of one post is the second name of another, it is the id
ranked as (
    select
        *,
        row_number() over (partition by platform, content order by content <> post_id, post_id) as choice
    from named
)

select
    platform,
    content,
    post_id,
    campaign_id
from ranked
where choice = 1
