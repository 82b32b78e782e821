-- Orders as the shop last told them.
-- grain:  one row per shop_id, source_order_id
-- key:    shop_id, source_order_id
-- units:  order_date is the day in the reporting time zone
-- params: $reporting_time_zone (varchar, IANA)
with

observed as (
    select
        shop_id,
        source_order_id,
        order_name,
        system,
        try_cast(created_at as timestamptz) as created_at,
        try_cast(processed_at as timestamptz) as processed_at,
        try_cast(paid_at as timestamptz) as paid_at,
        try_cast(cancelled_at as timestamptz) as cancelled_at,
        try_cast(updated_at as timestamptz) as updated_at,
        financial_status,
        try_cast(is_test as boolean) as is_test,
        source_name,
        sales_channel,
        currency,
        try_cast(gross as decimal(18, 6)) as gross,
        try_cast(discount as decimal(18, 6)) as discount,
        try_cast(tax as decimal(18, 6)) as tax,
        try_cast(shipping as decimal(18, 6)) as shipping,
        try_cast(tip as decimal(18, 6)) as tip,
        try_cast(gift_card as decimal(18, 6)) as gift_card,
        try_cast(total as decimal(18, 6)) as total,
        try_cast(is_tax_included as boolean) as is_tax_included,
        presentment_currency,
        try_cast(presentment_total as decimal(18, 6)) as presentment_total,
        customer_key,
        try_cast(is_first_order as boolean) as is_first_order,
        try_cast(has_analytics_consent as boolean) as has_analytics_consent,
        country,
        region,
        source_id,
        try_cast(observed_at as timestamptz) as observed_at,
        row_number() over (
            partition by shop_id, source_order_id
            order by try_cast(observed_at as timestamptz) desc nulls last, batch_id desc, line_no desc
        ) as recency
    from raw.orders
)

select
    shop_id,
    source_order_id,
    order_name,
    system,
    created_at,
    processed_at,
    paid_at,
    cancelled_at,
    updated_at,
    financial_status,
    is_test,
    source_name,
    sales_channel,
    currency,
    gross,
    discount,
    tax,
    shipping,
    tip,
    gift_card,
    total,
    is_tax_included,
    presentment_currency,
    presentment_total,
    customer_key,
    is_first_order,
    has_analytics_consent,
    country,
    region,
    cast(timezone($reporting_time_zone, created_at) as date) as order_date,
    source_id,
    observed_at
from observed
where recency = 1
