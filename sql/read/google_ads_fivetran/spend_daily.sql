-- Google Ads by day (Fivetran's campaign_stats, ad_group_stats, ad_stats, account_stats).
-- grain:  one row per entity, day, device and network: slices of the day, which add up
-- key:    line_no
-- units:  spend in the currency of the account, days in its time zone
-- params: $platform, $account, $currency, $time_zone
with

file as (
    select
        case
            when count(cell(ad_id)) > 0 then 'ad'
            when count(cell(ad_group_id)) > 0 or count(cell(id)) > 0 and count(cell(campaign_id)) > 0 then 'ad_group'
            when count(cell(id)) + count(cell(campaign_id)) > 0 then 'campaign'
            else 'account'
        end as level
    from input
)

select
    line_no,
    zoned_instant_text(synced, 'UTC') as observed_at,
    $platform as platform,
    coalesce(cell(customer_id), $account) as account_id,
    level,
    case level
        when 'ad' then cell(ad_id)
        when 'ad_group' then coalesce(cell(ad_group_id), cell(id))
        when 'campaign' then coalesce(cell(id), cell(campaign_id))
        else coalesce(cell(customer_id), $account)
    end as entity_id,
    case when level = 'campaign' then coalesce(cell(id), cell(campaign_id)) else cell(campaign_id) end as campaign_native_id,
    cell(campaign_name) as campaign_name,
    plain_day_text(date) as spend_date,
    $time_zone as date_time_zone,
    slices_text(['device=' || cell(device), 'network=' || cell(ad_network_type)]) as breakdown,
    $currency as currency,
    micros_text(cost_micros) as spend,
    cell(impressions) as impressions,
    cell(clicks) as clicks_all,
    rounded_text(conversions) as conversions_platform,
    rounded_text(conversions_value) as conversion_value_platform
from input
cross join file
