-- Completed orders, when the source is the record of sales ($orders).
-- grain:  one row per Order Completed call
-- key:    line_no
-- units:  gross is goods before discount: total - tax - shipping + discount
-- params: $shop, $orders, $currency, $consent, $decimal_mark
with

calls as materialized (
    select * from segment_calls('input')
),

amounts as (
    select
        *,
        json_number_text(amounts[1], $decimal_mark) as said_total,
        json_number_text(amounts[2], $decimal_mark) as revenue,
        json_number_text(amounts[3], $decimal_mark) as said_value,
        json_number_text(amounts[4], $decimal_mark) as tax,
        json_number_text(amounts[5], $decimal_mark) as shipping,
        json_number_text(amounts[6], $decimal_mark) as discount
    from calls
    where $orders = 'true'
        and order_event = 'completed'
),

totals as (
    select
        *,
        segment_total(said_total, revenue, tax, shipping, said_value) as total,
        segment_analytics_consent(consent_preferences, consent_allowed, consent_denied, $consent) as has_analytics_consent
    from amounts
)

select
    line_no,
    happened_at as observed_at,
    $shop as shop_id,
    order_id as source_order_id,
    'segment' as system,
    happened_at as created_at,
    happened_at as paid_at,
    'paid' as financial_status,
    'web' as sales_channel,
    coalesce(currency, $currency) as currency,
    sum_text([total, negated_text(tax), negated_text(shipping), discount]) as gross,
    discount,
    tax,
    shipping,
    total,
    case
        when has_analytics_consent is distinct from 'false' then coalesce(
            person_key('user', user_id),
            email_key(traits_email),
            email_key(context_email),
            email_key(properties_email),
            person_key('visitor', anonymous_id)
        )
    end as customer_key,
    has_analytics_consent,
    country,
    region
from totals
