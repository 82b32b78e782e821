-- The Instagram account of a Meta Business Suite export. Its name and handle are the brand's own.
-- grain:  one row per account
-- key:    platform, account_id
-- params: $time_zone
select
    min(line_no) as line_no,
    'instagram' as platform,
    whole_id(account_id) as account_id,
    any_value(cell(account_name) order by line_no) as name,
    any_value(cell(account_username) order by line_no) as handle,
    $time_zone as time_zone
from input
where whole_id(account_id) is not null
group by whole_id(account_id)
