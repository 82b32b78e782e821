-- The account whose videos were exported, by its own handle.
-- grain:  one row per account
-- key:    platform, account_id
-- params: $account, $time_zone
select
    min(line_no) as line_no,
    'tiktok' as platform,
    coalesce($account, tiktok_handle(link)) as account_id,
    any_value(tiktok_handle(link) order by line_no) as handle,
    $time_zone as time_zone
from input
where coalesce($account, tiktok_handle(link)) is not null
group by coalesce($account, tiktok_handle(link))
