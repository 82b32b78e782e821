-- What persons did with the brand's posts, one notification each. Persons are keys; of what they wrote only a keyed hash is kept.
-- Not read: what only followers or the addressed may see, bots, and notifications that tell of no engagement (poll, status, update,
-- follow_request, moderation).
-- grain:  one row per notification
-- key:    platform, engagement_id
-- params: $account
with

notifications as (
    select
        line_no,
        record,
        record ->> '$.type' as type,
        record -> '$.account' as actor,
        record ->> '$.status.in_reply_to_id' as parent_id,
        record ->> '$.status.in_reply_to_account_id' as parent_account_id
    from input
),

told as (
    select
        *,
        case
            when type = 'favourite' then 'like'
            when type = 'reblog' then 'boost'
            when type = 'follow' then 'follow'
            when type = 'quote' then 'quote'
            -- a mention inside a thread of ours is a reply; whose thread is known only with a declared account id
            when type = 'mention' and parent_id is not null
                and (parent_account_id = $account or not coalesce(regexp_matches($account, '^\d+$'), false)) then 'reply'
            when type = 'mention' then 'mention'
        end as kind
    from notifications
)

select
    line_no,
    'mastodon' as platform,
    record ->> '$.id' as engagement_id,
    case
        when kind in ('like', 'boost') then record ->> '$.status.id'
        when kind = 'reply' then parent_id
        when kind = 'quote' then coalesce(record ->> '$.status.quote.quoted_status.id', record ->> '$.status.quote.quoted_status_id')
    end as post_id,
    $account as account_id,
    person_key('actor', coalesce(actor ->> '$.uri', actor ->> '$.url')) as actor_key,
    kind,
    case when kind in ('like', 'boost', 'follow') then '1' else '0' end as polarity,
    -- what was written has its own time; the notification is when the server heard of it
    case
        when kind in ('reply', 'mention', 'quote') then coalesce(record ->> '$.status.created_at', record ->> '$.created_at')
        else record ->> '$.created_at'
    end as occurred_at,
    record ->> '$.created_at' as received_at,
    record ->> '$.status.visibility' as visibility,
    case
        when kind in ('reply', 'mention', 'quote') then person_key('text', html_text(record ->> '$.status.content'))
    end as text_hash
from told
where kind is not null
    and mastodon_is_open(record ->> '$.status.visibility')
    and coalesce(actor ->> '$.bot', 'false') <> 'true'
