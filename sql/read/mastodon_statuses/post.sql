-- The brand's own public and unlisted statuses. A status as the server answers its deletion has `text` in place of `content`.
-- grain:  one row per status
-- key:    platform, post_id
-- params: $account, $exported_at
select
    line_no,
    'mastodon' as platform,
    id as post_id,
    account_id,
    json_object('uri', record ->> '$.uri', 'url', record ->> '$.url') as native_ids,
    coalesce(record ->> '$.url', record ->> '$.uri') as permalink,
    record ->> '$.created_at' as published_at,
    'true' as is_published_zone_known,
    case
        when (record ->> '$.in_reply_to_account_id') <> account_id then 'reply'
        when json_type(record, '$.quote') = 'OBJECT' then 'quote'
        else 'post'
    end as kind,
    excerpt(html_text(coalesce(record ->> '$.content', record ->> '$.text'))) as text_excerpt,
    coalesce(
        kept_link(record ->> '$.card.url'), first_link(html_text(coalesce(record ->> '$.content', record ->> '$.text')))
    ) as link_url,
    case when (record ->> '$.content') is null and (record ->> '$.text') is not null then $exported_at end as deleted_at,
    reject_reason
from mastodon_own_status('input', $account)
where mastodon_is_open(visibility)
