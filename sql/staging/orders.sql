-- Orders as they were last told: each value from the newest export that gives it, since one export knows what another leaves out
-- (a CSV has no test flag, a webhook no employee).
-- grain:  one row per shop_id, source_order_id
-- key:    shop_id, source_order_id
-- units:  order_date is the day in the reporting time zone
-- params: $reporting_time_zone (varchar, IANA)
with

ranked as (
    select
        *,
        (coalesce(try_cast(observed_at as timestamptz), timestamptz '0001-01-01 00:00:00+00'), batch_id, line_no) as recency
    from raw.orders
),

newest as (
    select
        shop_id,
        source_order_id,
        arg_max(order_name, recency) as order_name,
        arg_max(system, recency) as system,
        arg_max(try_cast(created_at as timestamptz), recency) as created_at,
        arg_max(try_cast(processed_at as timestamptz), recency) as processed_at,
        arg_max(try_cast(paid_at as timestamptz), recency) as paid_at,
        arg_max(try_cast(cancelled_at as timestamptz), recency) as cancelled_at,
        arg_max(try_cast(updated_at as timestamptz), recency) as updated_at,
        arg_max(financial_status, recency) as financial_status,
        arg_max(try_cast(is_test as boolean), recency) as is_test,
        arg_max(source_name, recency) as source_name,
        arg_max(sales_channel, recency) as sales_channel,
        arg_max(currency, recency) as currency,
        arg_max(try_cast(gross as decimal(18, 6)), recency) as gross,
        arg_max(try_cast(discount as decimal(18, 6)), recency) as discount,
        arg_max(try_cast(tax as decimal(18, 6)), recency) as tax,
        arg_max(try_cast(shipping as decimal(18, 6)), recency) as shipping,
        arg_max(try_cast(tip as decimal(18, 6)), recency) as tip,
        arg_max(try_cast(gift_card as decimal(18, 6)), recency) as gift_card,
        arg_max(try_cast(total as decimal(18, 6)), recency) as total,
        arg_max(try_cast(is_tax_included as boolean), recency) as is_tax_included,
        arg_max(presentment_currency, recency) as presentment_currency,
        arg_max(try_cast(presentment_total as decimal(18, 6)), recency) as presentment_total,
        arg_max(customer_key, recency) as customer_key,
        arg_max(try_cast(is_first_order as boolean), recency) as is_first_order,
        arg_max(try_cast(has_analytics_consent as boolean), recency) as has_analytics_consent,
        arg_max(country, recency) as country,
        arg_max(region, recency) as region,
        arg_max(source_id, recency) as source_id,
        max(try_cast(observed_at as timestamptz)) as observed_at
    from ranked
    group by shop_id, source_order_id
)

select
    *,
    cast(timezone($reporting_time_zone, created_at) as date) as order_date
from newest
