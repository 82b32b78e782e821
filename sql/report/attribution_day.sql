-- Credit by day and channel: the small sum of report.attribution that most questions are answered from.
-- grain:  one row per model, basis, day, channel and customer type
-- key:    model, basis, report_date, channel, customer_type
-- units:  conversions are credit; revenue, refunds and net in the reporting currency
-- params: none
select
    model,
    basis,
    report_date,
    channel,
    customer_type,
    cast(sum(conversions) as decimal(28, 9)) as conversions,
    cast(sum(revenue_gross) as decimal(28, 3)) as revenue_gross,
    cast(sum(refunds) as decimal(28, 3)) as refunds,
    cast(sum(revenue_net) as decimal(28, 3)) as revenue_net
from report.attribution
group by model, basis, report_date, channel, customer_type
