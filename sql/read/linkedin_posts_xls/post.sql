-- Posts of a LinkedIn page's content export, organic and sponsored. Staff names are not among the columns read.
-- grain:  one row per post
-- key:    platform, post_id
-- params: $account, $date_order, $time_zone, $preamble
with

posts as (
    select
        line_no,
        linkedin_post_id(link) as post_id,
        link,
        post_type,
        campaign_name,
        content_type,
        post_title,
        created_date,
        social_day_text(created_date, $date_order) as created_day,
        -- the note above the header says `Time zone: UTC`
        case when $preamble like '%UTC%' then 'UTC' else $time_zone end as zone
    from input
),

dated as (
    select
        *,
        -- a post's number counts milliseconds since 1970
        agreeing_instant(snowflake_instant(post_id, 22, 1000, 0), created_day) as exact_at
    from posts
)

select
    line_no,
    'linkedin' as platform,
    post_id,
    coalesce($account, 'linkedin') as account_id,
    json_object('urn', nullif(regexp_extract(link, '(urn:li:\w+:\d+)', 1), '')) as native_ids,
    cell(link) as permalink,
    coalesce(instant_text(exact_at), social_instant_text(created_date, $date_order, coalesce(zone, 'UTC'))) as published_at,
    exact_at is not null or zone is not null as is_published_zone_known,
    case when regexp_matches(cell(content_type), '(?i)v[ií]d[eé]o') then 'video' else 'post' end as kind,
    regexp_matches(cell(post_type), '(?i)sponsor|gesponsert|patrocinad') as is_paid,
    excerpt(post_title) as text_excerpt,
    first_link(post_title) as link_url,
    cell(campaign_name) as campaign_name
from dated
