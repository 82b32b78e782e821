-- The account whose posts were exported, by its own handle.
-- grain:  one row per account
-- key:    platform, account_id
-- params: $account
select
    min(line_no) as line_no,
    'x' as platform,
    coalesce($account, x_handle(link)) as account_id,
    any_value(x_handle(link) order by line_no) as handle
from input
where coalesce($account, x_handle(link)) is not null
group by coalesce($account, x_handle(link))
