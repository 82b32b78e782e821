-- Spend at one level per platform, account and day, so that nothing is counted twice: campaigns where the platform gives them,
-- else ad groups, ads, or the account as a whole.
-- grain:  one row per platform, account, entity, day and breakdown
-- key:    platform, account_id, level, entity_id, spend_date, breakdown
-- units:  spend in the currency of the account
with

-- one export slices a day by hour, another by device, a third not at all: the newest way of slicing is the day, and the others are
-- the same money again (rows that only carry a platform's claimed purchases have no money and stay)
sliced as (
    select
        *,
        regexp_replace(coalesce(breakdown, ''), '=[^;]*', '', 'g') as slicing
    from staging.spend_daily
),

newest_slicing as (
    select
        platform,
        account_id,
        level,
        entity_id,
        spend_date,
        arg_max(slicing, (coalesce(observed_at, timestamptz '0001-01-01 00:00:00+00'), slicing)) as slicing
    from sliced
    where slicing not in ('actions', 'action_values')
    group by platform, account_id, level, entity_id, spend_date
),

levels as (
    select
        sliced.* exclude (slicing),
        case sliced.level when 'campaign' then 1 when 'ad_group' then 2 when 'ad' then 3 else 4 end as preference
    from sliced
    left join newest_slicing
        on newest_slicing.platform = sliced.platform
        and newest_slicing.account_id is not distinct from sliced.account_id
        and newest_slicing.level = sliced.level
        and newest_slicing.entity_id = sliced.entity_id
        and newest_slicing.spend_date = sliced.spend_date
    where sliced.slicing in ('actions', 'action_values')
        or sliced.slicing = newest_slicing.slicing
),

chosen as (
    select
        *,
        min(preference) over (partition by platform, coalesce(account_id, ''), spend_date) as best
    from levels
),

matched as (
    select
        chosen.*,
        listed.campaign_id,
        row_number() over (
            partition by chosen.platform, chosen.account_id, chosen.level, chosen.entity_id, chosen.spend_date, chosen.breakdown
            order by listed.rank nulls last, listed.priority desc, listed.campaign_id
        ) as choice
    from chosen
    left join staging.ad_entity as entity
        on entity.platform = chosen.platform
        and entity.level = chosen.level
        and entity.entity_id = chosen.entity_id
    left join staging.campaign_match as listed
        on (covers_platform(listed.platform, chosen.platform) or covers_platform(chosen.platform, listed.platform))
        and chosen.spend_date between coalesce(listed.valid_from_date, date '0001-01-01') and coalesce(listed.valid_to_date, date '9999-12-31')
        and (
            (listed.match_type = 'platform_id' and listed.value in (chosen.campaign_native_id, chosen.entity_id, entity.campaign_native_id))
            or (listed.match_type = 'utm_campaign' and listed.value in (
                utm_normal(chosen.campaign_name), utm_normal(entity.campaign_name), utm_normal(utm_value(query_value(entity.landing_query, 'utm_campaign')))
            ))
            or (
                listed.match_type = 'regex'
                and (
                    regexp_full_match(coalesce(chosen.campaign_name, entity.campaign_name), listed.value, 'i')
                    or regexp_full_match(utm_normal(coalesce(chosen.campaign_name, entity.campaign_name)), listed.value, 'i')
                )
            )
        )
    where chosen.preference = chosen.best
)

select
    platform,
    account_id,
    level,
    entity_id,
    spend_date,
    breakdown,
    campaign_id,
    coalesce(campaign_name, '(untagged)') as campaign_name,
    currency,
    spend,
    impressions,
    coalesce(clicks_link, clicks_all) as clicks,
    conversions_platform,
    conversion_value_platform
from matched
where choice = 1
