-- Shopify's REST and webhook JSON: an order or a refund, bare or as { "order": {...} }.

-- the elements of an array inside a JSON text; an empty list where it is missing
create or replace temporary macro json_items(document, path) as
    coalesce(try_cast(json_extract(document, path) as json[]), cast([] as json[]));

create or replace temporary macro shopify_id(value) as
    regexp_replace(cell(value), '^gid://shopify/\w+/', '');

create or replace temporary macro shopify_order_record(rel) as table
select
    line_no,
    case when json_type(record, '$.order') = 'OBJECT' then json_extract(record, '$.order') else cast(record as json) end as document
from query_table(rel);

-- one row an order, in canonical text; amounts are in the shop's currency
create or replace temporary macro shopify_json_order(rel, time_zone) as table
with
fields as (
    select
        line_no,
        document,
        shopify_id(coalesce(json_extract_string(document, '$.id'), json_extract_string(document, '$.admin_graphql_api_id'))) as source_order_id,
        cell(json_extract_string(document, '$.name')) as order_name,
        export_instant_text(json_extract_string(document, '$.created_at'), time_zone, null) as created_at,
        export_instant_text(json_extract_string(document, '$.processed_at'), time_zone, null) as processed_at,
        export_instant_text(json_extract_string(document, '$.updated_at'), time_zone, null) as updated_at,
        export_instant_text(json_extract_string(document, '$.cancelled_at'), time_zone, null) as cancelled_at,
        lower(cell(json_extract_string(document, '$.financial_status'))) as financial_status,
        flag_text(json_extract_string(document, '$.test')) as is_test,
        flag_text(json_extract_string(document, '$.taxes_included')) as is_tax_included,
        lower(cell(json_extract_string(document, '$.source_name'))) as source_name,
        upper(cell(json_extract_string(document, '$.currency'))) as currency,
        cell(json_extract_string(document, '$.total_price')) as total,
        cell(json_extract_string(document, '$.current_total_price')) as current_total,
        cell(json_extract_string(document, '$.total_outstanding')) as outstanding,
        cell(json_extract_string(document, '$.total_discounts')) as discount,
        cell(json_extract_string(document, '$.total_tax')) as tax,
        cell(json_extract_string(document, '$.total_tip_received')) as tip,
        cell(json_extract_string(document, '$.total_line_items_price')) as line_items_price,
        upper(cell(json_extract_string(document, '$.presentment_currency'))) as presentment_currency,
        cell(json_extract_string(document, '$.total_price_set.presentment_money.amount')) as presentment_total,
        coalesce(email_key(json_extract_string(document, '$.email')), email_key(json_extract_string(document, '$.contact_email')), email_key(json_extract_string(document, '$.customer.email'))) as email_person,
        person_key('customer', shopify_id(json_extract_string(document, '$.customer.id'))) as customer_person,
        json_extract_string(document, '$.landing_site') as landing,
        json_extract_string(document, '$.referring_site') as referrer,
        list_transform(
            json_items(document, '$.note_attributes'),
            lambda item: {'name': json_extract_string(item, '$.name'), 'value': json_extract_string(item, '$.value')}
        ) as attributes,
        json_items(document, '$.line_items') as line_items,
        json_items(document, '$.shipping_lines') as shipping_lines,
        json_items(document, '$.refunds') as refunds,
        -- what the gateway says, where the export carries it: the order's own test flag can disagree
        list_filter(
            json_items(document, '$.transactions'),
            lambda item: json_extract_string(item, '$.kind') in ('sale', 'capture') and json_extract_string(item, '$.status') = 'success'
                and coalesce(json_extract_string(item, '$.test'), 'false') <> 'true'
        ) as payments,
        len(json_items(document, '$.transactions')) > 0 as has_transactions,
        json_type(document, '$.shipping_address.country_code') = 'VARCHAR' as is_shipped
    from shopify_order_record(rel)
),
summed as (
    select
        *,
        sum_text(list_transform(
            list_filter(line_items, lambda item: coalesce(json_extract_string(item, '$.gift_card'), 'false') <> 'true'),
            lambda item: product_text(json_extract_string(item, '$.quantity'), json_extract_string(item, '$.price'))
        )) as goods,
        sum_text(list_transform(
            list_filter(line_items, lambda item: json_extract_string(item, '$.gift_card') = 'true'),
            lambda item: product_text(json_extract_string(item, '$.quantity'), json_extract_string(item, '$.price'))
        )) as gift_cards,
        sum_text(list_transform(shipping_lines, lambda item: json_extract_string(item, '$.price'))) as shipping_price,
        sum_text(flatten(list_transform(shipping_lines, lambda item: list_transform(json_items(item, '$.tax_lines'), lambda tax_line: json_extract_string(tax_line, '$.price'))))) as shipping_tax,
        sum_text(list_transform(payments, lambda item: json_extract_string(item, '$.amount'))) as paid,
        list_distinct(list_transform(payments, lambda item: upper(json_extract_string(item, '$.currency')))) as paid_currencies
    from fields
)
select
    *,
    coalesce(email_person, customer_person) as customer_key,
    coalesce(goods, line_items_price) as gross,
    coalesce(gift_cards, '0') as gift_card,
    -- without its own tax, which is part of `tax` already
    case
        when is_tax_included = 'true' and is_not_zero(shipping_tax) then sum_text([shipping_price, negated_text(shipping_tax)])
        else coalesce(shipping_price, cell(json_extract_string(document, '$.total_shipping_price_set.shop_money.amount')))
    end as shipping,
    upper(coalesce(
        cell(json_extract_string(document, '$.shipping_address.country_code')),
        cell(json_extract_string(document, '$.billing_address.country_code'))
    )) as country,
    upper(case
        when is_shipped then coalesce(cell(json_extract_string(document, '$.shipping_address.province_code')), cell(json_extract_string(document, '$.shipping_address.province')))
        else coalesce(cell(json_extract_string(document, '$.billing_address.province_code')), cell(json_extract_string(document, '$.billing_address.province')))
    end) as region,
    case
        when len(paid_currencies) > 1 then 'MIXED'
        when len(paid_currencies) = 1 then coalesce(paid_currencies[1], currency)
        else currency
    end as captured_currency,
    -- money that was really taken
    case
        when is_test = 'true' then null
        when has_transactions then paid
        when financial_status in ('paid', 'partially_refunded', 'refunded') then total
        when financial_status = 'partially_paid' then sum_text([coalesce(current_total, total), negated_text(coalesce(outstanding, 'unknown: total_outstanding'))])
    end as captured
from summed;

-- one row a refund of the orders in the file
create or replace temporary macro shopify_order_refund(rel, time_zone) as table
select
    line_no,
    source_order_id,
    currency as order_currency,
    is_test,
    updated_at as observed_at,
    unnest(refunds) as document
from shopify_json_order(rel, time_zone)
where len(refunds) > 0;

-- one row a refund of a file of refunds
create or replace temporary macro shopify_refund_record(rel) as table
select
    line_no,
    shopify_id(json_extract_string(document, '$.order_id')) as source_order_id,
    document
from (
    select
        line_no,
        case when json_type(record, '$.refund') = 'OBJECT' then json_extract(record, '$.refund') else cast(record as json) end as document
    from query_table(rel)
);

create or replace temporary macro shopify_successful_refunds(document) as
    list_filter(
        json_items(document, '$.transactions'),
        lambda item: json_extract_string(item, '$.kind') = 'refund' and json_extract_string(item, '$.status') = 'success'
            and coalesce(json_extract_string(item, '$.test'), 'false') <> 'true'
    );

create or replace temporary macro shopify_refund_currencies(document) as
    list_distinct(list_transform(shopify_successful_refunds(document), lambda item: coalesce(
        upper(json_extract_string(item, '$.amount_set.shop_money.currency_code')), upper(json_extract_string(item, '$.currency'))
    )));

-- a refund's money, all positive. What went back is what the gateway returned, not what the lines say; lines and adjustments
-- only tell what it was for
create or replace temporary macro shopify_refund_money(document, order_currency) as {
    'amount': coalesce(sum_text(list_transform(
        shopify_successful_refunds(document),
        lambda item: coalesce(json_extract_string(item, '$.amount_set.shop_money.amount'), json_extract_string(item, '$.amount'))
    )), '0'),
    'currency': case
        when len(shopify_refund_currencies(document)) > 1 then 'MIXED'
        else coalesce(
            shopify_refund_currencies(document)[1], order_currency,
            json_extract_string(document, '$.refund_line_items[0].subtotal_set.shop_money.currency_code'),
            json_extract_string(document, '$.order_adjustments[0].amount_set.shop_money.currency_code')
        )
    end,
    -- refund_discrepancy is neither tax nor shipping: it stays with the goods
    'tax': sum_text(list_concat(
        list_transform(json_items(document, '$.refund_line_items'), lambda item: json_extract_string(item, '$.total_tax')),
        list_transform(json_items(document, '$.order_adjustments'), lambda item: negated_text(json_extract_string(item, '$.tax_amount')))
    )),
    'shipping': sum_text(list_transform(
        list_filter(json_items(document, '$.order_adjustments'), lambda item: json_extract_string(item, '$.kind') = 'shipping_refund'),
        lambda item: negated_text(json_extract_string(item, '$.amount'))
    )),
    'gift_card': sum_text(list_transform(
        list_filter(json_items(document, '$.refund_line_items'), lambda item: json_extract_string(item, '$.line_item.gift_card') = 'true'),
        lambda item: coalesce(json_extract_string(item, '$.subtotal'), product_text(json_extract_string(item, '$.quantity'), json_extract_string(item, '$.line_item.price')))
    ))
};
