-- What customers of one type brought to each channel, platform and campaign, with the costs of their orders; types as the period tells
-- them apart, all where it does not. Spend cannot be told apart by customer, and is not here.
-- grain:  one row per basis, period, channel, platform, campaign and type of customer
-- key:    basis, period, channel, platform, campaign_id, customer_type
-- units:  persons are those whom any fact of the row tells of; orders in billionths; units in billionths of a thousandth of a piece;
--         money in minor units
with

dated as (
    select 'order_date' as basis, order_date as fact_date, * exclude (order_date, event_date)
    from finance.fact
    union all
    select 'event_date' as basis, event_date as fact_date, * exclude (order_date, event_date)
    from finance.fact
)

select
    dated.basis,
    period.period,
    dated.channel,
    dated.platform,
    dated.campaign_id,
    type.told_type as customer_type,
    count(distinct dated.person) as persons,
    sum(dated.credit) as orders,
    sum(case when dated.customer_type = 'new' then dated.credit else 0 end) as new_customers,
    sum(case when dated.customer_type = 'returning' then dated.credit else 0 end) as returning_customers,
    sum(case when dated.customer_type = 'new' then dated.gross + dated.refunds else 0 end) as new_revenue,
    sum(dated.units) as units,
    sum(dated.units_without_cost) as units_without_cost,
    sum(dated.gross) as gross,
    sum(dated.refunds) as refunds,
    sum(dated.discount) as discount,
    sum(dated.tax) as tax,
    sum(dated.shipping) as shipping,
    sum(dated.cogs) as cogs,
    sum(dated.fulfilment) as fulfilment,
    sum(dated.payment_fee) as payment_fee
from dated
inner join finance.period_day as period
    on period.day = dated.fact_date
inner join finance.roi_type as type
    on type.basis = dated.basis
    and type.period = period.period
    and type.customer_type = dated.customer_type
group by dated.basis, period.period, dated.channel, dated.platform, dated.campaign_id, type.told_type
