-- Pinterest ads by day (Fivetran's pin_promotion, ad_group and campaign reports).
-- grain:  one row per promoted pin and day; or per ad group, per campaign: the lowest level the file names
-- key:    line_no
-- units:  UTC days; paid impressions and clicks only (`_2` are those earned when somebody saves the pin on)
-- params: $platform, $account, $currency
with

file as (
    select
        case
            when count(cell(pin_promotion_id)) > 0 then 'ad'
            when count(cell(ad_group_id)) > 0 then 'ad_group'
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
        when 'ad' then cell(pin_promotion_id)
        when 'ad_group' then cell(ad_group_id)
        when 'campaign' then cell(campaign_id)
        else coalesce(cell(advertiser_id), $account)
    end as entity_id,
    cell(campaign_id) as campaign_native_id,
    cell(campaign_name) as campaign_name,
    plain_day_text(date) as spend_date,
    'UTC' as date_time_zone,
    coalesce($currency, 'USD') as currency,
    micros_text(spend) as spend,
    cell(impressions_paid) as impressions,
    cell(clicks_paid) as clicks_all,
    cell(conversions) as conversions_platform,
    micros_text(conversions_value) as conversion_value_platform
from input
cross join file
