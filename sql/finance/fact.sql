-- Everything that the ROI table adds up, by what earned it.
-- grain:  one row per conversion, both its days, channel, platform, campaign and kind of fact
-- key:    fact_kind, conversion_id, order_date, event_date, channel, platform, campaign_id
-- units:  credit in billionths, units in billionths of a thousandth of a piece, money in minor units of the reporting currency
select
    'revenue' as fact_kind,
    *,
    0 as discount,
    0 as tax,
    0 as shipping,
    0 as cogs,
    0 as fulfilment,
    0 as payment_fee,
    0 as units,
    0 as units_without_cost
from finance.revenue_fact
union all by name
select
    *,
    0 as credit,
    0 as gross,
    0 as refunds
from finance.cost_fact
