-- Tweets and replies of a Twitter account.
-- grain:  one row per tweet
-- key:    platform, post_id
-- params: $account
select
    line_no,
    'x' as platform,
    x_post_id(id, link) as post_id,
    coalesce($account, x_handle(link)) as account_id,
    json_object('post_id', x_post_id(id, link)) as native_ids,
    cell(link) as permalink,
    social_instant_text(tweet_time, null, 'UTC') as published_at,
    'true' as is_published_zone_known,
    case when starts_with(ltrim(tweet_text), '@') then 'reply' else 'post' end as kind,
    excerpt(tweet_text) as text_excerpt,
    first_link(tweet_text) as link_url
from input
