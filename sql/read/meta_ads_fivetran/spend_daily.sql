-- Meta ads by day (Fivetran's basic_ad, basic_ad_set, basic_campaign).
-- grain:  one row per ad and day (or per ad set, per campaign: the lowest level the file names)
-- key:    line_no
-- units:  spend in the currency of the account; days in its time zone. Reach and frequency do not add up and are left out
-- params: $platform, $account, $currency, $time_zone
with

file as (
    select
        case
            when count(cell(ad_id)) > 0 then 'ad'
            when count(cell(adset_id)) > 0 then 'ad_group'
            when count(cell(campaign_id)) > 0 then 'campaign'
            else 'account'
        end as level
    from input
)

select
    line_no,
    zoned_instant_text(synced, 'UTC') as observed_at,
    $platform as platform,
    coalesce(cell(account_id), $account) as account_id,
    level,
    case level
        when 'ad' then cell(ad_id)
        when 'ad_group' then cell(adset_id)
        when 'campaign' then cell(campaign_id)
        else coalesce(cell(account_id), $account)
    end as entity_id,
    cell(campaign_id) as campaign_native_id,
    cell(campaign_name) as campaign_name,
    plain_day_text(date) as spend_date,
    $time_zone as date_time_zone,
    $currency as currency,
    rounded_text(spend) as spend,
    cell(impressions) as impressions,
    cell(clicks) as clicks_all,
    cell(inline_link_clicks) as clicks_link
from input
cross join file
