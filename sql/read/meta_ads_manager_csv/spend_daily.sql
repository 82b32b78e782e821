-- Meta Ads Manager's report by day.
-- grain:  one row per ad and day (or per ad set, campaign, account: the lowest level the file names), whole where the file has
--         the whole, else one row per slice (age, gender, country ...)
-- key:    line_no
-- units:  spend in the currency of the header
-- params: $platform, $account, $currency, $spend_header, $time_zone, $decimal_mark, $date_order
with

cells as (
    select
        line_no,
        cell(account_id) as account_id,
        cell(campaign_id) as campaign_id,
        cell(campaign_name) as campaign_name,
        cell(adset_id) as adset_id,
        cell(adset_name) as adset_name,
        cell(ad_id) as ad_id,
        cell(ad_name) as ad_name,
        -- `All` is how a report writes "not sliced by this"
        case when lower(cell(day)) <> 'all' then cell(day) end as day,
        cell(starts) as starts,
        cell(ends) as ends,
        case when lower(cell(age)) <> 'all' then cell(age) end as age,
        case when lower(cell(gender)) <> 'all' then cell(gender) end as gender,
        case when lower(cell(country)) <> 'all' then cell(country) end as country,
        case when lower(cell(region)) <> 'all' then cell(region) end as region,
        case when lower(cell(publisher)) <> 'all' then cell(publisher) end as publisher,
        case when lower(cell(placement)) <> 'all' then cell(placement) end as placement,
        case when lower(cell(device)) <> 'all' then cell(device) end as device,
        currency,
        spend,
        impressions,
        clicks,
        link_clicks,
        purchases,
        results,
        result_indicator,
        purchase_value,
        cell(attribution_setting) as attribution_setting
    from input
),

file as (
    select
        count(day) > 0 as is_daily,
        case
            when count(ad_id) + count(ad_name) > 0 then 'ad'
            when count(adset_id) + count(adset_name) > 0 then 'ad_group'
            when count(campaign_id) + count(campaign_name) > 0 then 'campaign'
            else 'account'
        end as level
    from cells
),

-- in a report by day, a row without a day is a total; in one without days, one that names nothing or calls itself total
details as (
    select
        cells.*,
        file.level,
        case file.level
            when 'ad' then coalesce(ad_id, nullif(concat_ws(' / ', campaign_name, adset_name, ad_name), ''))
            when 'ad_group' then coalesce(adset_id, nullif(concat_ws(' / ', campaign_name, adset_name), ''))
            when 'campaign' then coalesce(campaign_id, campaign_name)
            else coalesce(account_id, $account, 'account')
        end as entity_id,
        -- a report without days can be read only when it covers a single one
        coalesce(day, case when starts = ends then starts else starts || '..' || ends end) as written_day,
        slices_text([
            'age=' || age, 'gender=' || gender, 'country=' || country, 'region=' || region,
            'platform=' || publisher, 'placement=' || placement, 'device=' || device
        ]) as breakdown,
        slices_text([
            case when age is not null then 'age' end, case when gender is not null then 'gender' end,
            case when country is not null then 'country' end, case when region is not null then 'region' end,
            case when publisher is not null then 'platform' end, case when placement is not null then 'placement' end,
            case when device is not null then 'device' end
        ]) as sliced_by
    from cells
    cross join file
    where case
        when file.is_daily then cells.day is not null
        else coalesce(campaign_id, campaign_name, adset_id, adset_name, ad_id, ad_name) is not null
            and not regexp_matches(lower(coalesce(campaign_name, '')),
                '^(?:grand )?total(?:e|s|en)?$|^(?:gesamt|gesamtsumme|summe|totaal)$|^results from \d+')
            or file.level = 'account'
    end
),

-- the whole and its slices stand in one file: only one way of slicing is kept, the whole before all others
kept as (
    select *
    from details
    qualify coalesce(sliced_by, '') = min(coalesce(sliced_by, '')) over (partition by entity_id, written_day)
)

select
    line_no,
    $platform as platform,
    coalesce(account_id, $account) as account_id,
    level,
    entity_id,
    campaign_id as campaign_native_id,
    campaign_name,
    written_day_text(written_day, $date_order) as spend_date,
    $time_zone as date_time_zone,
    breakdown,
    coalesce(upper($spend_header), upper(cell(currency)), $currency) as currency,
    number_text(spend, $decimal_mark) as spend,
    count_text(impressions) as impressions,
    count_text(clicks) as clicks_all,
    count_text(link_clicks) as clicks_link,
    count_text(coalesce(cell(purchases), case when contains(lower(result_indicator), 'purchase') then cell(results) end)) as conversions_platform,
    number_text(purchase_value, $decimal_mark) as conversion_value_platform,
    attribution_setting,
    country,
    region
from kept
