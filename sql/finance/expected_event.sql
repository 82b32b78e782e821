-- What the books should say of a money event, from the shop alone: its parts at the rate of the books and at that of its order.
-- grain:  one row per conversion and money event
-- key:    conversion_id, money_event_id
-- units:  minor units of the reporting currency
with

parts as (
    select
        conversion_id,
        money_event_id,
        sum(case when rate_of = 'books' and part = 'amount' then minor else 0 end) as amount_books,
        sum(case when rate_of = 'books' and part = 'tax' then minor else 0 end) as tax_books,
        sum(case when rate_of = 'books' and part = 'shipping' then minor else 0 end) as shipping_books,
        sum(case when rate_of = 'books' and part = 'other' then minor else 0 end) as other_books,
        sum(case when rate_of = 'books' and part = 'net' then minor else 0 end) as net_books,
        sum(case when rate_of = 'order' and part = 'net' then minor else 0 end) as net_order,
        sum(case when rate_of = 'order' and part = 'split' then minor else 0 end) as split_order,
        sum(case when rate_of = 'books' and part = 'booked' then minor else 0 end) as booked_together,
        sum(case when rate_of = 'order' and part = 'amount' then minor else 0 end) as amount_order,
        sum(case when rate_of = 'order' and part = 'tax' then minor else 0 end) as tax_order,
        sum(case when rate_of = 'order' and part = 'shipping' then minor else 0 end) as shipping_order,
        sum(case when rate_of = 'order' and part = 'other' then minor else 0 end) as other_order
    from finance.event_price
    group by conversion_id, money_event_id
),

-- goods stand alone in the books, or with everything that was paid beside them
events as (
    select
        event.*,
        event.class in ('revenue', 'refund_net') as is_net,
        coalesce(parts.net_books, 0) as net_books,
        coalesce(parts.net_order, 0) as net_order,
        coalesce(parts.split_order, 0) as split_order,
        coalesce(parts.booked_together, 0) as booked_together,
        coalesce(parts.amount_books, 0) as amount_books,
        coalesce(parts.tax_books, 0) as tax_books,
        case when event.has_booked_shipping then event.shipping_minor else coalesce(parts.shipping_books, 0) end as shipping_books,
        coalesce(parts.other_books, 0) as other_books,
        coalesce(parts.amount_order, 0) as amount_order,
        coalesce(parts.tax_order, 0) as tax_order,
        coalesce(parts.shipping_order, 0) as shipping_order,
        coalesce(parts.other_order, 0) as other_order
    from finance.booked_event as event
    left join parts
        on parts.conversion_id = event.conversion_id
        and parts.money_event_id = event.money_event_id
)

select
    conversion_id,
    money_event_id,
    side,
    class,
    event_date,
    conversion_date,
    revenue_minor,
    is_native,
    booked_together,
    case
        when is_native then net_books
        when is_net then amount_books - tax_books - shipping_books - other_books
        else amount_books
    end as expected_minor,
    -- what the same entry would be at the rate of the order
    case
        when is_native then net_order - net_books
        else (amount_order - amount_books)
            - case when is_net then (tax_order - tax_books) + (other_order - other_books) else 0 end
            - case when is_net and not has_booked_shipping then shipping_order - shipping_books else 0 end
    end as rate_minor,
    case when is_net then 0 else -tax_order end as tax_minor,
    case when is_net then 0 else -shipping_order end as shipping_minor,
    case when is_net then 0 else -other_order end as other_minor,
    -- the books may cut the shipping of an order elsewhere than the shop does
    case
        when is_native then split_order
        when is_net and has_booked_shipping then shipping_books - shipping_order
        else 0
    end as shipping_split_minor,
    -- parts rounded one by one, beside revenue rounded once
    case
        when is_native and is_net then revenue_minor - net_order - split_order
        else revenue_minor - (amount_order - tax_order - shipping_order - other_order)
    end as rounding_minor
from events
