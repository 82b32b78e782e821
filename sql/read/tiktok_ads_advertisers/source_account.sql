-- TikTok advertisers with currency and zone. Contact, address, e-mail and telephone are not read.
-- grain:  one row per advertiser
-- key:    line_no
-- units:  time_zone as TikTok has it: `Etc/GMT+5` is UTC-5 without summer time, whatever the account shows
-- params: $platform, $currency
select
    line_no,
    zoned_instant_text(synced, 'UTC') as observed_at,
    $platform as platform,
    cell(id) as account_id,
    cell(name) as name,
    -- CAN is a country: a currency declared for the source stands in for it, else the record is rejected
    case when upper(cell(currency)) = 'CAN' then coalesce($currency, 'CAN') else upper(cell(currency)) end as currency,
    cell(time_zone) as time_zone
from input
