-- Google Ads accounts with currency and zone (Fivetran's account_history).
-- grain:  one row per version of an account
-- key:    line_no
-- params: $platform
select
    line_no,
    zoned_instant_text(updated_at, 'UTC') as observed_at,
    $platform as platform,
    cell(id) as account_id,
    cell(name) as name,
    upper(cell(currency)) as currency,
    cell(time_zone) as time_zone
from input
