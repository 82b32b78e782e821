-- What a study cannot have moved, by geo and day: units sold of products that it did not touch, or visits of channels that it did not use.
-- grain:  one row per geo and day of panel.geo_day
-- key:    geo, day
-- units:  value is a count; null where nothing is known
-- params: $kind (varchar, products or channels), $names (varchar, parted by the character 31)
with

names as (
    select distinct unnest(string_split($names, chr(31))) as name
),

sold as (
    select
        place.geo,
        conversion.conversion_date as day,
        sum(line.quantity) as value
    from staging.order_line as line
    inner join staging.conversion as conversion
        on conversion.shop_id = line.shop_id
        and conversion.source_order_id = line.source_order_id
    inner join panel.place as place
        on place.country = coalesce(conversion.country, '')
        and place.region = coalesce(conversion.region, '')
    where $kind = 'products'
        and (line.sku in (select name from names) or line.product_id in (select name from names))
    group by place.geo, conversion.conversion_date
),

visited as (
    select geo, day, sum(touches) as value
    from panel.touch_day
    where $kind = 'channels'
        and channel in (select name from names)
    group by geo, day
),

counted as (
    select geo, day, value from sold
    union all
    select geo, day, value from visited
)

select
    geo_day.geo,
    geo_day.day,
    case
        when ($kind = 'products' and geo_day.orders is not null) or ($kind = 'channels' and geo_day.sessions is not null)
            then cast(coalesce(counted.value, 0) as decimal(24, 6))
    end as value
from panel.geo_day as geo_day
left join counted
    on counted.geo = geo_day.geo
    and counted.day = geo_day.day
