-- TikTok ads (Fivetran's ad, ad group and campaign reports, hourly or daily).
-- grain:  one row per ad and hour (a slice of its day) or day; or per ad group, per campaign: the lowest level the file names
-- key:    line_no
-- units:  hours are UTC and their day is that of the advertiser's zone, UTC when nobody said; days are the advertiser's
-- params: $platform, $account, $currency, $time_zone, $stat_time_header
with

file as (
    select
        case
            when count(cell(ad_id)) > 0 then 'ad'
            when count(cell(adgroup_id)) > 0 then 'ad_group'
            when count(cell(campaign_id)) > 0 then 'campaign'
            else 'account'
        end as level
    from input
)

select
    line_no,
    zoned_instant_text(synced, 'UTC') as observed_at,
    $platform as platform,
    coalesce(cell(advertiser_id), $account) as account_id,
    level,
    case level
        when 'ad' then cell(ad_id)
        when 'ad_group' then cell(adgroup_id)
        when 'campaign' then cell(campaign_id)
        else coalesce(cell(advertiser_id), $account)
    end as entity_id,
    cell(campaign_id) as campaign_native_id,
    cell(campaign_name) as campaign_name,
    case
        when $stat_time_header = 'hour' then day_in_zone_text(stat_time, coalesce($time_zone, 'UTC'))
        else plain_day_text(stat_time)
    end as spend_date,
    case when $stat_time_header = 'hour' then coalesce($time_zone, 'UTC') else $time_zone end as date_time_zone,
    case when $stat_time_header = 'hour' then hour_slice(stat_time) end as breakdown,
    coalesce(upper(cell(currency)), $currency) as currency,
    rounded_text(spend) as spend,
    cell(impressions) as impressions,
    cell(clicks) as clicks_all,
    cell(conversion) as conversions_platform,
    rounded_text(purchase_value) as conversion_value_platform
from input
cross join file
