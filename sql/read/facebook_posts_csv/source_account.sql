-- The Facebook page of a Meta Business Suite export.
-- grain:  one row per page
-- key:    platform, account_id
-- params: $time_zone
select
    min(line_no) as line_no,
    'facebook' as platform,
    whole_id(page_id) as account_id,
    any_value(cell(page_name) order by line_no) as name,
    $time_zone as time_zone
from input
where whole_id(page_id) is not null
group by whole_id(page_id)
