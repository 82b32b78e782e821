-- Shares of a conversion, frozen once: they split its discounts, tax, shipping and costs.
-- grain:  one row per conversion, channel, platform and campaign
-- key:    conversion_id, group_no
-- units:  credit in billionths, summing to 1,000,000,000 per conversion
with

groups as (
    select
        conversion_id,
        conversion_date,
        channel,
        platform,
        campaign_id,
        cast(sum(credit) as bigint) as credit
    from finance.revenue_group
    group by all
    having sum(credit) > 0
)

select
    conversion_id,
    conversion_date,
    channel,
    platform,
    campaign_id,
    credit,
    row_number() over (partition by conversion_id order by channel, platform, campaign_id) as group_no,
    count(*) over (partition by conversion_id) as group_count
from groups
