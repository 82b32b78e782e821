-- Successful refunds of the transaction table that a connector makes of Shopify. Parts of one refund are added up.
-- grain:  one row per refund
-- key:    source_order_id, refund_id
select
    min(line_no) as line_no,
    shopify_id(order_id) as source_order_id,
    shopify_id(coalesce(cell(refund_id), cell(id))) as refund_id,
    min(export_instant_text(coalesce(cell(processed_at), cell(created_at)), 'UTC', null)) as refunded_at,
    sum_text(list(cell(amount))) as amount,
    case when count(distinct upper(cell(currency))) > 1 then 'MIXED' else max(upper(cell(currency))) end as currency
from input
where lower(cell(kind)) = 'refund' and lower(cell(status)) = 'success' and coalesce(flag_text(test), 'false') <> 'true'
group by shopify_id(order_id), shopify_id(coalesce(cell(refund_id), cell(id)))
