-- Outcomes worth counting. An order counts when money was taken for it and it is not a test.
-- grain:  one row per conversion
-- key:    conversion_id
-- params: $exclude_test_orders (boolean), $reporting_time_zone (varchar, IANA), $conversion_kinds (varchar, comma-separated),
--         $has_order_links (boolean: is any visit linked to an order?)
with

paid as (
    select distinct shop_id, source_order_id
    from staging.money_event
    where kind = 'sale'
),

ordered as (
    select
        orders.shop_id || ':' || orders.source_order_id as conversion_id,
        'order' as kind,
        orders.created_at as converted_at,
        orders.shop_id,
        orders.source_order_id,
        case when orders.has_analytics_consent then coalesce(person.person_id, web_person.person_id) end as person_id,
        orders.is_first_order,
        orders.country,
        orders.region,
        orders.sales_channel,
        orders.currency,
        cast(null as decimal(18, 6)) as revenue,
        orders.has_analytics_consent
    from staging.orders as orders
    semi join paid
        on paid.shop_id = orders.shop_id
        and paid.source_order_id = orders.source_order_id
    left join staging.person as person
        on person.person_key = orders.customer_key
    left join staging.person as web_person
        -- the condition inside the key: beside it, every order would be hashed, and the join be a loop
        on web_person.person_key = case
            when orders.customer_key is null and $has_order_links then person_key('order', orders.shop_id || ':' || orders.source_order_id)
        end
    where not (coalesce(orders.is_test, false) and $exclude_test_orders)
),

other as (
    select
        conversion_id,
        raw_conversion.kind,
        try_cast(converted_at as timestamptz) as converted_at,
        cast(null as varchar) as shop_id,
        cast(null as varchar) as source_order_id,
        case when try_cast(raw_conversion.has_analytics_consent as boolean) then person.person_id end as person_id,
        cast(null as boolean) as is_first_order,
        raw_conversion.country,
        raw_conversion.region,
        cast(null as varchar) as sales_channel,
        raw_conversion.currency,
        try_cast(revenue as decimal(18, 6)) as revenue,
        try_cast(raw_conversion.has_analytics_consent as boolean) as has_analytics_consent,
        row_number() over (
            partition by conversion_id
            order by try_cast(observed_at as timestamptz) desc nulls last, batch_id desc, line_no desc
        ) as recency
    from raw.conversion as raw_conversion
    left join staging.person as person
        on person.person_key = raw_conversion.customer_key
),

conversions as (
    select * from ordered
    union all
    select * exclude (recency) from other where recency = 1
)

select
    conversion_id,
    kind,
    converted_at,
    cast(timezone($reporting_time_zone, converted_at) as date) as conversion_date,
    shop_id,
    source_order_id,
    person_id,
    case
        when is_first_order is not null then case when is_first_order then 'new' else 'returning' end
        when person_id is null then 'unknown'
        when row_number() over (partition by person_id, kind order by converted_at, conversion_id) = 1 then 'new'
        else 'returning'
    end as customer_type,
    country,
    region,
    sales_channel,
    currency,
    revenue,
    has_analytics_consent
from conversions
where list_contains(string_split($conversion_kinds, ','), kind)
