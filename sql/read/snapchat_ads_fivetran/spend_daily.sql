-- Snapchat ads by hour (Fivetran's ad, ad squad and campaign hourly reports).
-- grain:  one row per ad and hour, a slice of its day
-- key:    line_no
-- units:  hours are UTC and their day is that of the account's zone, UTC when nobody said
-- params: $platform, $account, $currency, $time_zone
with

file as (
    select
        case
            when count(cell(ad_id)) > 0 then 'ad'
            when count(cell(ad_squad_id)) > 0 then 'ad_group'
            when count(cell(campaign_id)) > 0 then 'campaign'
            else 'account'
        end as level
    from input
)

select
    line_no,
    zoned_instant_text(synced, 'UTC') as observed_at,
    $platform as platform,
    coalesce(cell(ad_account_id), $account) as account_id,
    level,
    case level
        when 'ad' then cell(ad_id)
        when 'ad_group' then cell(ad_squad_id)
        when 'campaign' then cell(campaign_id)
        else coalesce(cell(ad_account_id), $account)
    end as entity_id,
    cell(campaign_id) as campaign_native_id,
    day_in_zone_text(date, coalesce($time_zone, 'UTC')) as spend_date,
    coalesce($time_zone, 'UTC') as date_time_zone,
    hour_slice(date) as breakdown,
    $currency as currency,
    micros_text(spend) as spend,
    cell(impressions) as impressions,
    -- what others call a click
    cell(swipes) as clicks_all,
    cell(purchases) as conversions_platform
from input
cross join file
