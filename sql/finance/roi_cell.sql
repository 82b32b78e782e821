-- The ROI table before small groups are folded and totals are set under it.
-- grain:  one row per basis, period, channel, platform and campaign
-- key:    basis, period, channel, platform, campaign_id
-- units:  orders, new and returning customers in billionths; units in billionths of a piece; money in minor units
with

-- persons may be new and returning in one period: they are counted once
people as (
    select
        dated.basis,
        period.period,
        dated.channel,
        dated.platform,
        dated.campaign_id,
        count(distinct dated.person) as persons
    from (
        select 'order_date' as basis, order_date as fact_date, channel, platform, campaign_id, person
        from finance.fact
        union all
        select 'event_date' as basis, event_date as fact_date, channel, platform, campaign_id, person
        from finance.fact
    ) as dated
    inner join finance.period_day as period
        on period.day = dated.fact_date
    group by dated.basis, period.period, dated.channel, dated.platform, dated.campaign_id
),

brought as (
    select
        basis,
        period,
        channel,
        platform,
        campaign_id,
        sum(orders) as orders,
        sum(new_customers) as new_customers,
        sum(returning_customers) as returning_customers,
        sum(units) as units,
        sum(units_without_cost) as units_without_cost,
        sum(gross) as gross,
        sum(refunds) as refunds,
        sum(new_revenue) as new_revenue,
        sum(discount) as discount,
        sum(tax) as tax,
        sum(shipping) as shipping,
        sum(cogs) as cogs,
        sum(fulfilment) as fulfilment,
        sum(payment_fee) as payment_fee
    from finance.roi_customer
    group by basis, period, channel, platform, campaign_id
),

sold as (
    select
        brought.basis,
        brought.period,
        brought.channel,
        brought.platform,
        brought.campaign_id,
        people.persons,
        brought.orders,
        brought.new_customers,
        brought.returning_customers,
        brought.units,
        brought.units_without_cost,
        brought.gross,
        brought.refunds,
        brought.new_revenue,
        brought.discount,
        brought.tax,
        brought.shipping,
        brought.cogs,
        brought.fulfilment,
        brought.payment_fee,
        0 as spend_media,
        0 as spend_fees,
        0 as spend_other,
        0 as clicks,
        0 as impressions,
        0 as engagements
    from brought
    inner join people
        on people.basis = brought.basis
        and people.period = brought.period
        and people.channel = brought.channel
        and people.platform = brought.platform
        and people.campaign_id = brought.campaign_id
),

bases as (
    select unnest(['order_date', 'event_date']) as basis
),

others as (
    select spend_date as fact_date, channel, platform, campaign_id, 0 as fulfilment, 0 as payment_fee, spend_minor as spend_media, 0 as spend_fees, 0 as spend_other, clicks, impressions, 0 as engagements
    from finance.spend_fact
    union all
    select
        fact_date,
        '(overhead)',
        '(none)',
        '(none)',
        case when component = 'fulfilment' then minor else 0 end,
        case when component = 'payment_fee' then minor else 0 end,
        0,
        case when component = 'spend_fees' then minor else 0 end,
        case when component = 'spend_other' then minor else 0 end,
        0,
        0,
        0
    from finance.priced_overhead
    union all
    select metric_date, post_channel(platform), platform, '(none)', 0, 0, 0, 0, 0, 0, 0, value
    from staging.metric_daily
    where metric in ('reactions', 'comments', 'shares', 'saves')
),

spent as (
    select
        bases.basis,
        period.period,
        others.channel,
        others.platform,
        others.campaign_id,
        0 as persons,
        0 as orders,
        0 as new_customers,
        0 as returning_customers,
        0 as units,
        0 as units_without_cost,
        0 as gross,
        0 as refunds,
        0 as new_revenue,
        0 as discount,
        0 as tax,
        0 as shipping,
        0 as cogs,
        sum(fulfilment) as fulfilment,
        sum(payment_fee) as payment_fee,
        sum(spend_media) as spend_media,
        sum(spend_fees) as spend_fees,
        sum(spend_other) as spend_other,
        sum(clicks) as clicks,
        sum(impressions) as impressions,
        sum(engagements) as engagements
    from others
    cross join bases
    inner join finance.period_day as period
        on period.day = others.fact_date
    group by bases.basis, period.period, others.channel, others.platform, others.campaign_id
),

cells as (
    select * from sold
    union all
    select * from spent
)

select
    basis,
    period,
    channel,
    platform,
    campaign_id,
    case channel when '(unattributed)' then 'unattributed' when 'Direct' then 'baseline' else 'channel' end as row_type,
    cast(sum(persons) as bigint) as persons,
    cast(sum(orders) as decimal(28, 0)) as orders,
    cast(sum(new_customers) as decimal(28, 0)) as new_customers,
    cast(sum(returning_customers) as decimal(28, 0)) as returning_customers,
    cast(cast(sum(units) as decimal(28, 0)) * cast(0.001 as decimal(4, 3)) as decimal(25, 3)) as units,
    cast(cast(sum(units_without_cost) as decimal(28, 0)) * cast(0.001 as decimal(4, 3)) as decimal(25, 3)) as units_without_cost,
    cast(sum(gross) as decimal(28, 0)) as gross,
    cast(sum(refunds) as decimal(28, 0)) as refunds,
    cast(sum(new_revenue) as decimal(28, 0)) as new_revenue,
    cast(sum(discount) as decimal(28, 0)) as discount,
    cast(sum(tax) as decimal(28, 0)) as tax,
    cast(sum(shipping) as decimal(28, 0)) as shipping,
    cast(sum(cogs) as decimal(28, 0)) as cogs,
    cast(sum(fulfilment) as decimal(28, 0)) as fulfilment,
    cast(sum(payment_fee) as decimal(28, 0)) as payment_fee,
    cast(sum(spend_media) as decimal(28, 0)) as spend_media,
    cast(sum(spend_fees) as decimal(28, 0)) as spend_fees,
    cast(sum(spend_other) as decimal(28, 0)) as spend_other,
    cast(sum(clicks) as decimal(28, 0)) as clicks,
    cast(sum(impressions) as decimal(28, 0)) as impressions,
    cast(sum(engagements) as decimal(28, 0)) as engagements
from cells
group by basis, period, channel, platform, campaign_id
