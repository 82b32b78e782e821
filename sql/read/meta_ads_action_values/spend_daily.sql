-- Value of the conversions that Meta claims, by ad and day (Fivetran's basic_ad_action_values): one action type, as several name the same purchase.
-- grain:  one row per ad and day of that action type; a slice without spend, beside the row that has the spend
-- key:    line_no
-- params: $platform, $account, $currency, $time_zone, $action_type
with

chosen as (
    select
        line_no,
        ad_id,
        date,
        value,
        synced,
        cell(action_type) as action_type
    from input
    where cell(action_type) = coalesce($action_type, 'offsite_conversion.fb_pixel_purchase')
)

select
    line_no,
    zoned_instant_text(synced, 'UTC') as observed_at,
    $platform as platform,
    $account as account_id,
    'ad' as level,
    cell(ad_id) as entity_id,
    plain_day_text(date) as spend_date,
    $time_zone as date_time_zone,
    'action_values' as breakdown,
    $currency as currency,
    '0' as spend,
    rounded_text(value) as conversion_value_platform,
    action_type as attribution_setting
from chosen
