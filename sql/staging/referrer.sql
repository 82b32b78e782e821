-- What a referring host is: its source and category by the longest listed suffix, whether it is spam, and whether it is the shop's own
-- or a page that shoppers pay on (or below one of these).
-- grain:  one row per host
-- key:    host
with

hosts as (
    select distinct referrer_host as host
    from raw.touch
    where referrer_host is not null
),

suffixes as (
    select
        host,
        unnest(list_transform(
            range(1, len(string_split(host, '.')) + 1),
            i -> array_to_string(list_slice(string_split(host, '.'), i, len(string_split(host, '.'))), '.')
        )) as suffix
    from hosts
),

known as (
    select
        suffixes.host,
        max_by(listed.source, length(suffixes.suffix)) as source,
        max_by(listed.category, length(suffixes.suffix)) as category
    from suffixes
    inner join rules.referrer_host as listed
        on listed.host = suffixes.suffix
    group by suffixes.host
),

spam as (
    select distinct suffixes.host
    from suffixes
    inner join rules.spam_host as listed
        on listed.host = suffixes.suffix
),

internal as (
    select distinct suffixes.host
    from suffixes
    inner join rules.internal_host as listed
        on listed.host = suffixes.suffix
)

select
    hosts.host,
    coalesce(known.source, regexp_replace(hosts.host, '^www\.', '')) as source,
    known.category,
    spam.host is not null as is_spam,
    internal.host is not null as is_internal
from hosts
left join known
    on known.host = hosts.host
left join spam
    on spam.host = hosts.host
left join internal
    on internal.host = hosts.host
