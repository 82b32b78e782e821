-- What belongs to orders beside their revenue (discounts, tax, shipping, costs, pieces), by what earned them.
-- grain:  one row per conversion, both its days, channel, platform, campaign and kind of fact
-- key:    fact_kind, conversion_id, order_date, event_date, channel, platform, campaign_id
-- units:  units in billionths of a thousandth of a piece, money in minor units of the reporting currency
with

parts as (
    select
        groups.conversion_id,
        groups.conversion_date as order_date,
        part.fact_date as event_date,
        groups.channel,
        groups.platform,
        groups.campaign_id,
        cast(sum(case when part.component = 'discount' then part.minor else 0 end) as bigint) as discount,
        cast(sum(case when part.component = 'tax' then part.minor else 0 end) as bigint) as tax,
        cast(sum(case when part.component = 'shipping' then part.minor else 0 end) as bigint) as shipping,
        cast(sum(case when part.component = 'cogs' then part.minor else 0 end) as bigint) as cogs,
        cast(sum(case when part.component = 'fulfilment' then part.minor else 0 end) as bigint) as fulfilment,
        cast(sum(case when part.component = 'payment_fee' then part.minor else 0 end) as bigint) as payment_fee
    from finance.part_group as part
    inner join finance.credit_group as groups
        on groups.conversion_id = part.conversion_id
        and groups.group_no = part.group_no
    group by all
),

pieces as (
    select
        groups.conversion_id,
        groups.conversion_date as order_date,
        line.moved_date as event_date,
        groups.channel,
        groups.platform,
        groups.campaign_id,
        cast(sum(groups.credit * cast(line.quantity * 1000 as bigint)) as bigint) as units,
        cast(sum(case when line.unit_cost is null then groups.credit * cast(line.quantity * 1000 as bigint) else 0 end) as bigint) as units_without_cost
    from finance.sold_line as line
    inner join finance.credit_group as groups
        on groups.conversion_id = line.conversion_id
    group by all
),

facts as (
    select 'part' as fact_kind, * exclude (discount, tax, shipping, cogs, fulfilment, payment_fee), discount, tax, shipping, cogs, fulfilment, payment_fee, 0 as units, 0 as units_without_cost
    from parts
    union all
    select 'piece' as fact_kind, * exclude (units, units_without_cost), 0, 0, 0, 0, 0, 0, units, units_without_cost
    from pieces
)

select
    facts.fact_kind,
    facts.conversion_id,
    coalesce(conversion.person_id, cast(md5(conversion.conversion_id) as uuid)) as person,
    conversion.customer_type,
    facts.order_date,
    facts.event_date,
    facts.channel,
    facts.platform,
    facts.campaign_id,
    facts.discount,
    facts.tax,
    facts.shipping,
    facts.cogs,
    facts.fulfilment,
    facts.payment_fee,
    facts.units,
    facts.units_without_cost
from facts
inner join staging.conversion as conversion
    on conversion.conversion_id = facts.conversion_id
