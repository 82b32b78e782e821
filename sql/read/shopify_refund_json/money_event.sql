-- Money given back by Shopify refunds: the successful refund transactions, whatever the lines say.
-- grain:  one row per refund that returned money
-- key:    shop_id, money_event_id
-- params: $shop
select
    line_no,
    $shop as shop_id,
    refund_id as money_event_id,
    source_order_id,
    'refund' as kind,
    coalesce(processed_at, created_at) as occurred_at,
    negated_text(money.amount) as amount,
    money.currency as currency,
    negated_text(money.tax) as tax,
    negated_text(money.shipping) as shipping,
    negated_text(money.gift_card) as gift_card
from file_refund
where is_not_zero(money.amount)
