-- The signed ledger of a source that is the record of sales ($orders): purchases and refunds.
-- grain:  one row per purchase and refund event
-- key:    line_no
-- units:  amount is GA4's revenue; it does not say what of it is tax or shipping
-- params: $shop, $orders, $currency
select
    line_no,
    happened_at as observed_at,
    $shop as shop_id,
    case when event_name = 'purchase' then transaction_id || ':sale' else transaction_id || ':refund:' || happened_at end as money_event_id,
    transaction_id as source_order_id,
    case when event_name = 'purchase' then 'sale' else 'refund' end as kind,
    happened_at as occurred_at,
    case
        when event_name = 'purchase' then ga4_amount(purchase_revenue, purchase_revenue_in_usd, currency, $currency)
        else '-' || ltrim(ga4_amount(refund_value, refund_value_in_usd, currency, $currency), '-')
    end as amount,
    case
        when event_name = 'purchase' then ga4_currency(purchase_revenue, purchase_revenue_in_usd, currency, $currency)
        else ga4_currency(refund_value, refund_value_in_usd, currency, $currency)
    end as currency
from file_event
where $orders = 'true'
    and event_name in ('purchase', 'refund')
    and transaction_id is not null
