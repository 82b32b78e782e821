-- What was sold, by shop, geo and day of the order; refunds count on the day of their order.
-- grain:  one row per shop, geo and day with a conversion
-- key:    shop_id, geo, day
-- units:  revenue in minor units of the reporting currency, goods less discounts; net is less refunds
with

money as (
    select
        conversion_id,
        sum(case when kind = 'sale' then revenue_minor else 0 end) as gross_minor,
        sum(revenue_minor) as net_minor
    from staging.revenue_event
    group by conversion_id
)

select
    coalesce(conversion.shop_id, '(' || conversion.kind || ')') as shop_id,
    place.geo,
    conversion.conversion_date as day,
    count(*) as orders,
    sum(case when conversion.customer_type = 'new' then 1 else 0 end) as new_customers,
    cast(sum(money.gross_minor) as decimal(28, 0)) as gross_minor,
    cast(sum(money.net_minor) as decimal(28, 0)) as net_minor
from staging.conversion as conversion
inner join money
    on money.conversion_id = conversion.conversion_id
inner join panel.place as place
    on place.country = coalesce(conversion.country, '')
    and place.region = coalesce(conversion.region, '')
where conversion.conversion_date is not null
group by coalesce(conversion.shop_id, '(' || conversion.kind || ')'), place.geo, conversion.conversion_date
