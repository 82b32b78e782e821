-- The ROI table of finance: what every channel, platform and campaign is credited with, what it cost, and the totals, by period of the
-- finance calendar. Rows of customer_type `all` add up to the total to the cent; below them the same by type of customer, as far as
-- orders go: spend cannot be told apart by customer. Rows of one type add up to the total of that type. What tells of fewer than k persons
-- is folded into (suppressed). Credit under the model that finance reports.
-- grain:  one row per basis, period, type of row, channel, platform, campaign and type of customer
-- key:    basis, period, row_type, channel, platform, campaign_id, customer_type
-- units:  orders, customers and units are credit; money in the reporting currency; discounts and refunds negative, costs and spend
--         positive; a cost of which none was ever told is null; orig_amount is the spend in its own currency, where that is one;
--         ltv_revenue_30 and so on in minor units times billionths of a customer; what tells new customers from others is null where too
--         few are
-- params: $minor_unit (double), $reporting_currency (varchar)
with

folded as (
    select
        cell.basis,
        cell.period,
        case when fold.is_folded then 'suppressed' else cell.row_type end as row_type,
        case when fold.is_folded then '(suppressed)' else cell.channel end as channel,
        case when fold.is_folded then '(suppressed)' else cell.platform end as platform,
        case when fold.is_folded then '(suppressed)' else cell.campaign_id end as campaign_id,
        'all' as customer_type,
        bool_and(fold.is_split) as is_split,
        count(*) as folded_rows,
        sum(cell.orders) as orders,
        sum(cell.new_customers) as new_customers,
        sum(cell.returning_customers) as returning_customers,
        sum(case when paid_channel(cell.channel) then cell.new_customers else 0 end) as paid_new_customers,
        sum(cell.units) as units,
        sum(cell.units_without_cost) as units_without_cost,
        sum(cell.gross) as gross,
        sum(cell.refunds) as refunds,
        sum(cell.new_revenue) as new_revenue,
        sum(cell.discount) as discount,
        sum(cell.tax) as tax,
        sum(cell.shipping) as shipping,
        sum(cell.cogs) as cogs,
        sum(cell.fulfilment) as fulfilment,
        sum(cell.payment_fee) as payment_fee,
        sum(cell.spend_media) as spend_media,
        sum(cell.spend_fees) as spend_fees,
        sum(cell.spend_other) as spend_other,
        sum(cell.clicks) as clicks,
        sum(cell.impressions) as impressions,
        sum(cell.engagements) as engagements
    from finance.roi_cell as cell
    inner join finance.roi_fold as fold
        on fold.basis = cell.basis
        and fold.period = cell.period
        and fold.channel = cell.channel
        and fold.platform = cell.platform
        and fold.campaign_id = cell.campaign_id
    group by all
),

-- of a type that is told with another, nothing is told
told_periods as (
    select
        basis,
        period,
        bool_and(customer_type <> 'new' or not is_folded) as has_new,
        bool_and(customer_type <> 'returning' or not is_folded) as has_returning
    from finance.roi_type
    group by basis, period
),

paid as (
    select basis, period, sum(new_customers) as new_customers
    from finance.roi_cell
    where paid_channel(channel)
    group by basis, period
),

totals as (
    select
        total.basis,
        total.period,
        'total' as row_type,
        '(total)' as channel,
        '(total)' as platform,
        '(total)' as campaign_id,
        'all' as customer_type,
        true as is_split,
        0 as folded_rows,
        total.orders,
        total.new_customers,
        total.returning_customers,
        coalesce(paid.new_customers, 0) as paid_new_customers,
        total.* exclude (basis, period, orders, new_customers, returning_customers)
    from finance.roi_total as total
    left join paid
        on paid.basis = total.basis
        and paid.period = total.period
),

by_type as (
    select
        customer.basis,
        customer.period,
        case when fold.is_split then cell.row_type else 'suppressed' end as row_type,
        case when fold.is_split then customer.channel else '(suppressed)' end as channel,
        case when fold.is_split then customer.platform else '(suppressed)' end as platform,
        case when fold.is_split then customer.campaign_id else '(suppressed)' end as campaign_id,
        customer.customer_type,
        count(*) as folded_rows,
        sum(customer.orders) as orders,
        cast(cast(sum(customer.units) as decimal(28, 0)) * cast(0.001 as decimal(4, 3)) as decimal(25, 3)) as units,
        cast(cast(sum(customer.units_without_cost) as decimal(28, 0)) * cast(0.001 as decimal(4, 3)) as decimal(25, 3)) as units_without_cost,
        sum(customer.gross) as gross,
        sum(customer.refunds) as refunds,
        sum(customer.discount) as discount,
        sum(customer.tax) as tax,
        sum(customer.shipping) as shipping,
        sum(customer.cogs) as cogs,
        sum(customer.fulfilment) as fulfilment,
        sum(customer.payment_fee) as payment_fee
    from finance.roi_customer as customer
    inner join finance.roi_cell as cell
        on cell.basis = customer.basis
        and cell.period = customer.period
        and cell.channel = customer.channel
        and cell.platform = customer.platform
        and cell.campaign_id = customer.campaign_id
    inner join finance.roi_fold as fold
        on fold.basis = customer.basis
        and fold.period = customer.period
        and fold.channel = customer.channel
        and fold.platform = customer.platform
        and fold.campaign_id = customer.campaign_id
    group by all
    union all
    select
        total.basis,
        total.period,
        'total' as row_type,
        '(total)' as channel,
        '(total)' as platform,
        '(total)' as campaign_id,
        type.told_type as customer_type,
        0 as folded_rows,
        sum(total.orders) as orders,
        sum(total.units) as units,
        sum(total.units_without_cost) as units_without_cost,
        sum(total.gross) as gross,
        sum(total.refunds) as refunds,
        sum(total.discount) as discount,
        sum(total.tax) as tax,
        sum(total.shipping) as shipping,
        sum(total.cogs) as cogs,
        sum(total.fulfilment) as fulfilment,
        sum(total.payment_fee) as payment_fee
    from finance.roi_customer_total as total
    inner join finance.roi_type as type
        on type.basis = total.basis
        and type.period = total.period
        and type.customer_type = total.customer_type
    group by all
),

split_rows as (
    select
        by_type.basis,
        by_type.period,
        by_type.row_type,
        by_type.channel,
        by_type.platform,
        by_type.campaign_id,
        by_type.customer_type,
        true as is_split,
        by_type.folded_rows,
        by_type.orders,
        case when by_type.customer_type = 'new' then by_type.orders else 0 end as new_customers,
        case when by_type.customer_type = 'returning' then by_type.orders else 0 end as returning_customers,
        null as paid_new_customers,
        by_type.units,
        by_type.units_without_cost,
        by_type.gross,
        by_type.refunds,
        case when by_type.customer_type = 'new' then by_type.gross + by_type.refunds else 0 end as new_revenue,
        by_type.discount,
        by_type.tax,
        by_type.shipping,
        by_type.cogs,
        by_type.fulfilment,
        by_type.payment_fee,
        null as spend_media,
        null as spend_fees,
        null as spend_other,
        null as clicks,
        null as impressions,
        null as engagements
    from by_type
    where by_type.customer_type <> 'all'
),

lines as (
    select * from folded
    union all
    select * from totals
    union all
    select * from split_rows
),

-- who told the rate of a currency and day, and how it was made where nobody told the pair itself
rate_sources as (
    select
        rate.currency,
        rate.rate_date,
        string_agg(distinct coalesce(given.source, given.source_id), ' and ' order by coalesce(given.source, given.source_id))
        || case rate.via when 'direct' then '' when 'inverse' then ', inverse' else ', over ' || rate.via end as fx_source
    from staging.rate as rate
    inner join staging.fx_rate as given
        on given.rate_date = rate.rate_date
        and (
            rate.via in ('direct', 'inverse') and least(given.base, given.quote) = least(rate.currency, $reporting_currency) and greatest(given.base, given.quote) = greatest(rate.currency, $reporting_currency)
            or rate.via not in ('direct', 'inverse') and rate.via in (given.base, given.quote) and (rate.currency in (given.base, given.quote) or $reporting_currency in (given.base, given.quote))
        )
    group by rate.currency, rate.rate_date, rate.via
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
        max(spend.rate_to) as rate_to,
        string_agg(distinct source.fx_source, '; ' order by source.fx_source) as fx_source
    from finance.spend_fact as spend
    inner join finance.period as period
        on spend.spend_date between period.period_start and period.period_end
    left join rate_sources as source
        on source.currency = spend.currency
        and source.rate_date = spend.rate_from
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
    lines.customer_type,
    campaign.name as campaign_name,
    lines.folded_rows,
    cast(cast(lines.orders as decimal(28, 0)) * 0.000000001 as decimal(28, 9)) as orders,
    case when lines.is_split and coalesce(told_periods.has_new, true) then cast(cast(lines.new_customers as decimal(28, 0)) * 0.000000001 as decimal(28, 9)) end as new_customers,
    case when lines.is_split and coalesce(told_periods.has_returning, true) then cast(cast(lines.returning_customers as decimal(28, 0)) * 0.000000001 as decimal(28, 9)) end as returning_customers,
    case when lines.is_split and coalesce(told_periods.has_new, true) then cast(cast(lines.paid_new_customers as decimal(28, 0)) * 0.000000001 as decimal(28, 9)) end as paid_new_customers,
    cast(cast(lines.units as decimal(25, 3)) * 0.000000001 as decimal(28, 9)) as units,
    cast(cast(lines.units_without_cost as decimal(25, 3)) * 0.000000001 as decimal(28, 9)) as units_without_cost,
    cast(cast(lines.gross + lines.discount as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as gross_sales,
    cast(cast(-lines.discount as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as discounts,
    cast(cast(lines.refunds as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as refunds,
    cast(cast(lines.tax as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as tax,
    cast(cast(lines.shipping as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as shipping,
    cast(cast(lines.gross + lines.refunds as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as revenue_net,
    case when lines.is_split and coalesce(told_periods.has_new, true) then cast(cast(lines.new_revenue as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) end as new_revenue_net,
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
    case when lines.is_split and coalesce(told_periods.has_new, true) then cast(cohort.revenue_30 as decimal(38, 0)) end as ltv_revenue_30,
    case when lines.is_split and coalesce(told_periods.has_new, true) then cast(cohort.revenue_60 as decimal(38, 0)) end as ltv_revenue_60,
    case when lines.is_split and coalesce(told_periods.has_new, true) then cast(cohort.revenue_90 as decimal(38, 0)) end as ltv_revenue_90,
    case when lines.is_split and coalesce(told_periods.has_new, true) then cast(cohort.revenue_365 as decimal(38, 0)) end as ltv_revenue_365,
    case when lines.is_split and coalesce(told_periods.has_new, true) then cast(cohort.payback_days as bigint) end as payback_days,
    foreign_spend.orig_currency,
    cast(foreign_spend.orig_amount as decimal(28, 6)) as orig_amount,
    case when foreign_spend.rate_lo = foreign_spend.rate_hi then foreign_spend.rate_lo end as fx_rate,
    case when foreign_spend.rate_from = foreign_spend.rate_to then foreign_spend.rate_from end as fx_date,
    foreign_spend.fx_source
from lines
inner join finance.period as period
    on period.period = lines.period
cross join known_costs
left join told_periods
    on told_periods.basis = lines.basis
    and told_periods.period = lines.period
left join finance.cohort as cohort
    on lines.basis = 'order_date'
    and lines.customer_type = 'all'
    and cohort.period = lines.period
    and cohort.channel = lines.channel
    and cohort.platform = lines.platform
    and cohort.campaign_id = lines.campaign_id
left join rules.campaign as campaign
    on campaign.campaign_id = lines.campaign_id
left join foreign_spend
    on lines.customer_type = 'all'
    and foreign_spend.period = lines.period
    and foreign_spend.channel = lines.channel
    and foreign_spend.platform = lines.platform
    and foreign_spend.campaign_id = lines.campaign_id
