-- Engagement on posts by day.
-- grain:  one row per day, platform and metric
-- key:    report_date, platform, metric
select
    metric_date as report_date,
    platform,
    metric,
    sum(value) as value
from staging.metric_daily
group by metric_date, platform, metric
