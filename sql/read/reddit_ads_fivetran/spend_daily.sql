-- Reddit ads by day (Fivetran's ad, ad group and campaign reports).
-- grain:  one row per ad, day and region; or per ad group, per campaign: the lowest level the file names
-- key:    line_no
-- units:  UTC days
-- params: $platform, $account, $currency
with

file as (
    select
        case
            when count(cell(ad_id)) > 0 then 'ad'
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
    coalesce(cell(account_id), $account) as account_id,
    level,
    case level
        when 'ad' then cell(ad_id)
        when 'ad_group' then cell(ad_group_id)
        when 'campaign' then cell(campaign_id)
        else coalesce(cell(account_id), $account)
    end as entity_id,
    cell(campaign_id) as campaign_native_id,
    plain_day_text(date) as spend_date,
    'UTC' as date_time_zone,
    slices_text(['country=' || cell(country), 'region=' || cell(region)]) as breakdown,
    $currency as currency,
    micros_text(spend) as spend,
    cell(impressions) as impressions,
    cell(clicks) as clicks_all,
    cell(country) as country,
    cell(region) as region
from input
cross join file
