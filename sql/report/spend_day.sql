-- Spend by day and channel: the small sum of report.spend that most questions are answered from.
-- grain:  one row per day and channel
-- key:    report_date, channel
-- units:  spend in the reporting currency, at the rate of its day
-- params: none
select
    report_date,
    channel,
    cast(sum(spend) as decimal(28, 3)) as spend,
    cast(sum(impressions) as bigint) as impressions,
    cast(sum(clicks) as bigint) as clicks
from report.spend
group by report_date, channel
