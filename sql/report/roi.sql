-- The ROI table of finance: what every channel, platform and campaign is credited with, what it cost, and the totals, by period of the
-- finance calendar. Rows that tell of fewer than k persons are folded into (suppressed); were that itself too small, the next smallest
-- row goes with them. Rows add up to the total to the cent. Credit under the model that finance reports.
-- grain:  one row per basis, period, type of row, channel, platform and campaign
-- key:    basis, period, row_type, channel, platform, campaign_id
-- units:  orders, customers and units are credit; money in the reporting currency; discounts and refunds negative, costs and spend
--         positive; a cost of which none was ever told is null; orig_amount is the spend in its own currency, where that is one;
--         ltv_revenue_90 in minor units times billionths of a customer
-- params: $minor_unit (double), $k (integer), $reporting_currency (varchar)
with

cells as (
    select
        *,
        row_type = 'channel' and persons between 1 and $k - 1 as is_small
    from finance.roi_cell
),

small_persons as (
    select cells.basis, cells.period, count(distinct fact.person_no) as persons
    from cells
    inner join finance.roi_fact as fact
        on fact.channel = cells.channel
        and fact.platform = cells.platform
        and fact.campaign_id = cells.campaign_id
        and fact.fact_kind = 'revenue'
    inner join finance.period as period
        on period.period = cells.period
        and case cells.basis when 'order_date' then fact.order_date else fact.event_date end between period.period_start and period.period_end
    where cells.is_small
    group by cells.basis, cells.period
),

-- what hides a suppressed sum that would itself be small: the smallest other row, one of a channel if there is one
complements as (
    select
        cells.basis,
        cells.period,
        cells.channel,
        cells.platform,
        cells.campaign_id,
        row_number() over (
            partition by cells.basis, cells.period
            order by cells.row_type <> 'channel', cells.persons, cells.channel, cells.platform, cells.campaign_id
        ) as choice
    from cells
    inner join small_persons
        on small_persons.basis = cells.basis
        and small_persons.period = cells.period
        and small_persons.persons < $k
    where not cells.is_small
        and cells.persons > 0
),

judged as (
    select
        cells.*,
        cells.is_small or complements.choice is not null as is_folded
    from cells
    left join complements
        on complements.basis = cells.basis
        and complements.period = cells.period
        and complements.channel = cells.channel
        and complements.platform = cells.platform
        and complements.campaign_id = cells.campaign_id
        and complements.choice = 1
),

folded as (
    select
        basis,
        period,
        case when is_folded then 'suppressed' else row_type end as row_type,
        case when is_folded then '(suppressed)' else channel end as channel,
        case when is_folded then '(suppressed)' else platform end as platform,
        case when is_folded then '(suppressed)' else campaign_id end as campaign_id,
        count(*) as folded_rows,
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
        sum(payment_fee) as payment_fee,
        sum(spend_media) as spend_media,
        sum(spend_fees) as spend_fees,
        sum(spend_other) as spend_other,
        sum(clicks) as clicks,
        sum(impressions) as impressions,
        sum(engagements) as engagements
    from judged
    group by all
),

lines as (
    select * from folded
    union all
    select basis, period, 'total' as row_type, '(total)' as channel, '(total)' as platform, '(total)' as campaign_id, 0 as folded_rows, * exclude (basis, period)
    from finance.roi_total
),

foreign_spend as (
    select
        period.period,
        spend.channel,
        spend.platform,
        spend.campaign_id,
        min(spend.currency) as orig_currency,
        sum(spend.orig_amount) as orig_amount,
        min(spend.rate_lo) as rate_lo,
        max(spend.rate_hi) as rate_hi,
        min(spend.rate_from) as rate_from,
        max(spend.rate_to) as rate_to
    from finance.spend_fact as spend
    inner join finance.period as period
        on spend.spend_date between period.period_start and period.period_end
    group by period.period, spend.channel, spend.platform, spend.campaign_id
    having count(distinct spend.currency) = 1
        and min(spend.currency) <> $reporting_currency
),

known_costs as (
    select
        coalesce(bool_or(kind = 'cogs'), false) as has_cogs,
        coalesce(bool_or(kind = 'fulfilment'), false) as has_fulfilment,
        coalesce(bool_or(kind = 'payment_fee'), false) as has_payment_fee
    from staging.cost
)

select
    lines.basis,
    lines.period,
    period.period_start,
    period.period_end,
    period.calendar,
    lines.row_type,
    lines.channel,
    lines.platform,
    lines.campaign_id,
    campaign.name as campaign_name,
    lines.folded_rows,
    cast(cast(lines.orders as decimal(28, 0)) * 0.000000001 as decimal(28, 9)) as orders,
    cast(cast(lines.new_customers as decimal(28, 0)) * 0.000000001 as decimal(28, 9)) as new_customers,
    cast(cast(lines.returning_customers as decimal(28, 0)) * 0.000000001 as decimal(28, 9)) as returning_customers,
    cast(cast(lines.units as decimal(25, 3)) * 0.000000001 as decimal(28, 9)) as units,
    cast(cast(lines.units_without_cost as decimal(25, 3)) * 0.000000001 as decimal(28, 9)) as units_without_cost,
    cast(cast(lines.gross + lines.discount as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as gross_sales,
    cast(cast(-lines.discount as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as discounts,
    cast(cast(lines.refunds as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as refunds,
    cast(cast(lines.tax as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as tax,
    cast(cast(lines.shipping as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as shipping,
    cast(cast(lines.gross + lines.refunds as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as revenue_net,
    cast(cast(lines.new_revenue as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as new_revenue_net,
    case when known_costs.has_cogs then cast(cast(lines.cogs as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) end as cogs,
    case when known_costs.has_fulfilment then cast(cast(lines.fulfilment as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) end as fulfilment,
    case when known_costs.has_payment_fee then cast(cast(lines.payment_fee as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) end as payment_fees,
    cast(cast(lines.spend_media as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as spend_media,
    cast(cast(lines.spend_fees as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as spend_fees,
    cast(cast(lines.spend_other as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as spend_other,
    cast(lines.clicks as decimal(28, 0)) as clicks,
    cast(lines.impressions as decimal(28, 0)) as impressions,
    cast(lines.engagements as decimal(28, 0)) as engagements,
    -- to billionths of a minor unit: it is divided by a number of customers that stands in billionths
    cast(cohort.revenue_90 as decimal(38, 0)) as ltv_revenue_90,
    cast(cohort.payback_days as bigint) as payback_days,
    foreign_spend.orig_currency,
    cast(foreign_spend.orig_amount as decimal(28, 6)) as orig_amount,
    case when foreign_spend.rate_lo = foreign_spend.rate_hi then foreign_spend.rate_lo end as fx_rate,
    case when foreign_spend.rate_from = foreign_spend.rate_to then foreign_spend.rate_from end as fx_date
from lines
inner join finance.period as period
    on period.period = lines.period
cross join known_costs
left join finance.cohort as cohort
    on lines.basis = 'order_date'
    and cohort.period = lines.period
    and cohort.channel = lines.channel
    and cohort.platform = lines.platform
    and cohort.campaign_id = lines.campaign_id
left join rules.campaign as campaign
    on campaign.campaign_id = lines.campaign_id
left join foreign_spend
    on foreign_spend.period = lines.period
    and foreign_spend.channel = lines.channel
    and foreign_spend.platform = lines.platform
    and foreign_spend.campaign_id = lines.campaign_id
