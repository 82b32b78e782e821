-- Rows of the ROI table add up to its total, column by column, and the total is the revenue of the ledger and the spend.
-- severity: error
-- grain:    one row per basis and period that breaks it
with

summed as (
    select
        basis,
        period,
        sum(orders) as orders,
        sum(new_customers) as new_customers,
        sum(returning_customers) as returning_customers,
        sum(units) as units,
        sum(gross_sales) as gross_sales,
        sum(discounts) as discounts,
        sum(refunds) as refunds,
        sum(tax) as tax,
        sum(shipping) as shipping,
        sum(revenue_net) as revenue_net,
        sum(new_revenue_net) as new_revenue_net,
        sum(cogs) as cogs,
        sum(fulfilment) as fulfilment,
        sum(payment_fees) as payment_fees,
        sum(spend_media) as spend_media,
        sum(spend_fees) as spend_fees,
        sum(spend_other) as spend_other
    from report.roi
    where row_type <> 'total'
    group by basis, period
),

totals as (
    select
        basis,
        period,
        orders,
        new_customers,
        returning_customers,
        units,
        gross_sales,
        discounts,
        refunds,
        tax,
        shipping,
        revenue_net,
        new_revenue_net,
        cogs,
        fulfilment,
        payment_fees,
        spend_media,
        spend_fees,
        spend_other
    from report.roi
    where row_type = 'total'
)

(select 'rows' as side, * from summed except select 'rows' as side, * from totals)
union all
(select 'total' as side, * from totals except select 'total' as side, * from summed)
