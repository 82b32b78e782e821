-- LinkedIn ads by day (Fivetran's ad_analytics_by_creative and ad_analytics_by_campaign).
-- grain:  one row per creative and day, or per campaign and day: LinkedIn's campaign is what others call an ad group
-- key:    line_no
-- units:  UTC days. Spend in the local currency when the source declares which that is, else in dollars
-- params: $platform, $account, $currency
with

file as (
    select case when count(cell(creative_id)) > 0 then 'ad' else 'ad_group' end as level
    from input
),

costs as (
    select
        line_no,
        -- a cost of zero is left out in one column or the other; a row without any cost is not zero and is rejected
        coalesce(cell(cost_in_local_currency), case when try_cast(cell(cost_in_usd) as decimal(18, 6)) = 0 then '0' end) as local_cost,
        coalesce(cell(cost_in_usd), case when try_cast(cell(cost_in_local_currency) as decimal(18, 6)) = 0 then '0' end) as usd_cost
    from input
)

select
    input.line_no,
    zoned_instant_text(synced, 'UTC') as observed_at,
    $platform as platform,
    coalesce(cell(account_id), $account) as account_id,
    level,
    case level when 'ad' then cell(creative_id) else cell(campaign_id) end as entity_id,
    coalesce(cell(campaign_group_id), cell(campaign_id)) as campaign_native_id,
    cell(campaign_name) as campaign_name,
    plain_day_text(day) as spend_date,
    'UTC' as date_time_zone,
    coalesce($currency, 'USD') as currency,
    rounded_text(case when $currency is null then usd_cost else local_cost end) as spend,
    cell(impressions) as impressions,
    cell(clicks) as clicks_all,
    cell(landing_page_clicks) as clicks_link,
    -- already the sum of post-click and post-view
    cell(conversions) as conversions_platform,
    case when $currency is not null then rounded_text(conversion_value) end as conversion_value_platform
from input
inner join costs
    on costs.line_no = input.line_no
cross join file
