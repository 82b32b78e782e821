-- What every conversion brought, by what earned it: a build makes anew only the rows of the conversions that it touches.
-- grain:  one row per conversion, both its days, channel, platform and campaign
-- key:    conversion_id, order_date, event_date, channel, platform, campaign_id
-- units:  credit in billionths, money in minor units of the reporting currency
with

summed as (
    select
        conversion_id,
        conversion_date as order_date,
        event_date,
        channel,
        platform,
        campaign_id,
        cast(sum(credit) as bigint) as credit,
        cast(sum(case when event_kind = 'sale' then revenue_minor else 0 end) as bigint) as gross,
        cast(sum(case when event_kind = 'sale' then 0 else revenue_minor end) as bigint) as refunds
    from finance.revenue_group
    group by all
)

select
    summed.conversion_id,
    -- persons are counted, not named
    coalesce(conversion.person_id, cast(md5(conversion.conversion_id) as uuid)) as person,
    conversion.customer_type,
    summed.order_date,
    summed.event_date,
    summed.channel,
    summed.platform,
    summed.campaign_id,
    summed.credit,
    summed.gross,
    summed.refunds
from summed
inner join staging.conversion as conversion
    on conversion.conversion_id = summed.conversion_id
