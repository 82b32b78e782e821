-- Posts and replies of an X account. A row with neither id nor link is rejected: nothing could ever join it.
-- grain:  one row per post
-- key:    platform, post_id
-- params: $account, $time_zone
with

posts as (
    select
        line_no,
        x_post_id(id, link) as post_id,
        coalesce($account, x_handle(link)) as account_id,
        link,
        date,
        post_text,
        -- an id counts milliseconds since 2010-11-04T01:42:54.657Z; believed where it falls on the day the file says, in any zone
        agreeing_instant(
            snowflake_instant(x_post_id(id, link), 22, 1000, 1288834974657), social_day_text(date, null)
        ) as exact_at
    from input
)

select
    line_no,
    'x' as platform,
    post_id,
    account_id,
    json_object('post_id', post_id) as native_ids,
    cell(link) as permalink,
    coalesce(instant_text(exact_at), social_instant_text(date, null, coalesce($time_zone, 'UTC'))) as published_at,
    exact_at is not null or $time_zone is not null as is_published_zone_known,
    case when starts_with(ltrim(post_text), '@') then 'reply' else 'post' end as kind,
    excerpt(post_text) as text_excerpt,
    first_link(post_text) as link_url
from posts
