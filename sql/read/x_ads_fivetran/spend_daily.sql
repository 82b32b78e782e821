-- X ads by day (Fivetran's promoted_tweet, line_item and campaign reports).
-- grain:  one row per promoted post, day and placement: slices of the day, which add up
-- key:    line_no
-- units:  the date is the account's midnight in UTC (07:00 in summer, 08:00 in winter): its day is that of the account's zone
-- params: $platform, $account, $currency, $time_zone
with

file as (
    select
        case
            when count(cell(promoted_tweet_id)) > 0 then 'ad'
            when count(cell(line_item_id)) > 0 then 'ad_group'
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
        when 'ad' then cell(promoted_tweet_id)
        when 'ad_group' then cell(line_item_id)
        when 'campaign' then cell(campaign_id)
        else coalesce(cell(account_id), $account)
    end as entity_id,
    cell(campaign_id) as campaign_native_id,
    day_in_zone_text(date, $time_zone) as spend_date,
    $time_zone as date_time_zone,
    slices_text(['placement=' || cell(placement)]) as breakdown,
    $currency as currency,
    micros_text(billed_charge) as spend,
    cell(impressions) as impressions,
    cell(clicks) as clicks_all,
    cell(url_clicks) as clicks_link
from input
cross join file
