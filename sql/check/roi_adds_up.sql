-- Rows of the ROI table add up to its total, column by column and for each type of customer, and so do the types to all.
-- The total is the revenue of the ledger and the spend; costs that belong to no order are of no type of customer.
-- severity: error
-- grain:    one row per basis, period, type of customer and row that breaks it
with

summed as (
    select
        basis,
        period,
        customer_type,
        sum(orders) as orders,
        sum(units) as units,
        sum(gross_sales) as gross_sales,
        sum(discounts) as discounts,
        sum(refunds) as refunds,
        sum(tax) as tax,
        sum(shipping) as shipping,
        sum(revenue_net) as revenue_net,
        sum(cogs) as cogs,
        sum(fulfilment) as fulfilment,
        sum(payment_fees) as payment_fees,
        sum(spend_media) as spend_media,
        sum(spend_fees) as spend_fees,
        sum(spend_other) as spend_other
    from report.roi
    where row_type <> 'total'
    group by basis, period, customer_type
),

totals as (
    select
        basis,
        period,
        customer_type,
        orders,
        units,
        gross_sales,
        discounts,
        refunds,
        tax,
        shipping,
        revenue_net,
        cogs,
        fulfilment,
        payment_fees,
        spend_media,
        spend_fees,
        spend_other
    from report.roi
    where row_type = 'total'
),

-- who is new is not told of every row: what is published of it is what there was before rows were hidden
customers as (
    select basis, period, sum(new_customers) as new_customers, sum(returning_customers) as returning_customers, sum(new_revenue) as new_revenue
    from finance.roi_cell
    group by basis, period
),

customer_totals as (
    select basis, period, new_customers, returning_customers, new_revenue
    from finance.roi_total
),

split_rows as (
    select basis, period, row_type, channel, platform, campaign_id, customer_type, orders, units, gross_sales, discounts, refunds, tax, shipping, revenue_net, cogs
    from report.roi
    where row_type <> 'suppressed'
),

parts as (
    select
        basis,
        period,
        row_type,
        channel,
        platform,
        campaign_id,
        sum(orders) as orders,
        sum(units) as units,
        sum(gross_sales) as gross_sales,
        sum(discounts) as discounts,
        sum(refunds) as refunds,
        sum(tax) as tax,
        sum(shipping) as shipping,
        sum(revenue_net) as revenue_net,
        sum(cogs) as cogs
    from split_rows
    where customer_type <> 'all'
    group by basis, period, row_type, channel, platform, campaign_id
),

wholes as (
    select whole.* exclude (customer_type)
    from split_rows as whole
    where whole.customer_type = 'all'
        and exists (
            select 1
            from parts
            where parts.basis = whole.basis
                and parts.period = whole.period
                and parts.row_type = whole.row_type
                and parts.channel = whole.channel
                and parts.platform = whole.platform
                and parts.campaign_id = whole.campaign_id
        )
),

broken as (
    (select 'rows' as side, * from summed except select 'rows' as side, * from totals)
    union all
    (select 'total' as side, * from totals except select 'total' as side, * from summed)
)

select side, basis, period, customer_type, '(all rows)' as channel, revenue_net
from broken
union all
select 'customers' as side, basis, period, 'new' as customer_type, '(all rows)' as channel, new_revenue
from (select * from customers except select * from customer_totals)
union all
select 'split' as side, basis, period, 'all' as customer_type, channel, revenue_net
from (select * from parts except select * from wholes)
