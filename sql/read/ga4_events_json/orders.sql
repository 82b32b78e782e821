-- Purchases with a transaction id, when the source is the record of sales ($orders). Only the event `purchase` is one.
-- grain:  one row per purchase event
-- key:    line_no
-- units:  total is the purchase revenue as GA4 has it, in its own currency where the file says which, else in dollars
-- params: $shop, $orders, $currency, $consent
with

purchases as (
    select
        *,
        ga4_analytics_consent(analytics_storage, user_pseudo_id, $consent) as has_analytics_consent
    from file_event
    where $orders = 'true'
        and event_name = 'purchase'
        and transaction_id is not null
)

select
    line_no,
    happened_at as observed_at,
    $shop as shop_id,
    transaction_id as source_order_id,
    'ga4' as system,
    happened_at as created_at,
    happened_at as paid_at,
    'paid' as financial_status,
    'web' as sales_channel,
    ga4_currency(purchase_revenue, purchase_revenue_in_usd, currency, $currency) as currency,
    ga4_amount(purchase_revenue, purchase_revenue_in_usd, currency, $currency) as total,
    case
        when has_analytics_consent is distinct from 'false'
            then coalesce(person_key('user', user_id), person_key('visitor', user_pseudo_id))
    end as customer_key,
    has_analytics_consent,
    country,
    region
from purchases
