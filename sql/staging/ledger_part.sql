-- Money that counts as revenue, per money event: goods less discounts; tax, shipping, tips and gift cards stand apart. Where prices
-- include tax, so does the shipping price: that tax is taken off once, not twice.
-- Priced by the day of its order, so that a refund in full brings the order to nothing.
-- grain:  one row per money event of a conversion
-- key:    conversion_id, money_event_id
-- units:  revenue in the currency of the event, signed
-- params: $reporting_time_zone (varchar, IANA), $reporting_currency (varchar)
with

orders as (
    select
        conversion.conversion_id,
        conversion.shop_id,
        conversion.source_order_id,
        conversion.conversion_date,
        coalesce(orders.is_tax_included, false) as is_tax_included
    from staging.conversion as conversion
    inner join staging.orders as orders
        on orders.shop_id = conversion.shop_id
        and orders.source_order_id = conversion.source_order_id
    where conversion.kind = 'order'
)

select
    orders.conversion_id,
    event.money_event_id,
    event.kind,
    event.occurred_at,
    cast(timezone($reporting_time_zone, event.occurred_at) as date) as event_date,
    orders.conversion_date,
    event.currency,
    event.amount - coalesce(event.tax, 0) - coalesce(event.shipping, 0) - coalesce(event.tip, 0) - coalesce(event.gift_card, 0)
    + case
        when orders.is_tax_included then shipping_tax(event.tax, event.shipping, event.amount - coalesce(event.tip, 0) - coalesce(event.gift_card, 0))
        else 0
    end as revenue,
    event.amount,
    event.discount,
    -- beside revenue, each without the tax that stands inside it
    coalesce(event.discount, 0)
    - case
        when orders.is_tax_included then shipping_tax(event.tax, event.discount, event.amount - coalesce(event.tip, 0) - coalesce(event.gift_card, 0))
        else 0
    end as discount_net,
    coalesce(event.tax, 0) as tax,
    coalesce(event.shipping, 0)
    - case
        when orders.is_tax_included then shipping_tax(event.tax, event.shipping, event.amount - coalesce(event.tip, 0) - coalesce(event.gift_card, 0))
        else 0
    end as shipping_net,
    coalesce(event.tip, 0) as tip,
    coalesce(event.gift_card, 0) as gift_card
from staging.money_event as event
inner join orders
    on orders.shop_id = event.shop_id
    and orders.source_order_id = event.source_order_id
union all
select
    conversion_id,
    conversion_id || ':value' as money_event_id,
    'sale' as kind,
    converted_at as occurred_at,
    conversion_date as event_date,
    conversion_date,
    coalesce(currency, $reporting_currency) as currency,
    coalesce(revenue, 0) as revenue,
    coalesce(revenue, 0) as amount,
    cast(null as decimal(18, 6)) as discount,
    0 as discount_net,
    0 as tax,
    0 as shipping_net,
    0 as tip,
    0 as gift_card
from staging.conversion
where kind <> 'order'
