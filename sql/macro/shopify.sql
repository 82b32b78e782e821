-- What every Shopify export shares.

-- the place an order was made; sales apps write their numeric id
create or replace temporary macro shopify_sales_channel(source_name) as
    case
        when source_name is null then 'unknown'
        when source_name in ('web', 'checkout_next', 'buy_button') then 'web'
        when source_name = 'pos' then 'pos'
        when source_name in ('shopify_draft_order', 'draft_order') then 'draft'
        when source_name in ('iphone', 'android', 'shop_app') then 'app'
        when source_name like 'subscription_contract%' then 'subscription'
        when regexp_matches(source_name, '^\d+$') then 'app'
        else 'unknown'
    end;

-- an id without the prefix of the GraphQL API
create or replace temporary macro shopify_id(value) as
    regexp_replace(cell(value), '^gid://shopify/\w+/', '');

-- a refund's JSON as columns
create or replace temporary macro shopify_refund(document) as from_json(document, '{
    "id": "VARCHAR", "order_id": "VARCHAR", "created_at": "VARCHAR", "processed_at": "VARCHAR",
    "refund_line_items": [{
        "line_item_id": "VARCHAR", "quantity": "VARCHAR", "subtotal": "VARCHAR", "total_tax": "VARCHAR", "restock_type": "VARCHAR",
        "line_item": {"gift_card": "VARCHAR", "price": "VARCHAR"},
        "subtotal_set": {"shop_money": {"currency_code": "VARCHAR"}}
    }],
    "order_adjustments": [{
        "kind": "VARCHAR", "amount": "VARCHAR", "tax_amount": "VARCHAR", "amount_set": {"shop_money": {"currency_code": "VARCHAR"}}
    }],
    "transactions": [{
        "kind": "VARCHAR", "status": "VARCHAR", "test": "VARCHAR", "amount": "VARCHAR", "currency": "VARCHAR",
        "amount_set": {"shop_money": {"amount": "VARCHAR", "currency_code": "VARCHAR"}}
    }]
}');

create or replace temporary macro shopify_paid_back(refund) as list_filter(
    refund.transactions,
    payment -> payment.kind = 'refund' and payment.status = 'success' and coalesce(payment.test, 'false') <> 'true'
);

create or replace temporary macro shopify_paid_back_currencies(refund) as list_distinct(list_transform(
    shopify_paid_back(refund), payment -> upper(coalesce(payment.amount_set.shop_money.currency_code, payment.currency))
));

-- a refund's money, all positive. What went back is what the gateway returned, not what the lines say; lines and adjustments
-- only tell what it was for. A refund_discrepancy is neither tax nor shipping: it stays with the goods
create or replace temporary macro shopify_refund_money(refund, order_currency) as {
    'amount': coalesce(sum_text(list_transform(
        shopify_paid_back(refund), payment -> coalesce(payment.amount_set.shop_money.amount, payment.amount)
    )), '0'),
    'currency': case
        when len(shopify_paid_back_currencies(refund)) > 1 then 'MIXED'
        else coalesce(
            shopify_paid_back_currencies(refund)[1], order_currency,
            refund.refund_line_items[1].subtotal_set.shop_money.currency_code,
            refund.order_adjustments[1].amount_set.shop_money.currency_code
        )
    end,
    'tax': sum_text(list_concat(
        list_transform(refund.refund_line_items, item -> item.total_tax),
        list_transform(refund.order_adjustments, adjustment -> negated_text(adjustment.tax_amount))
    )),
    'shipping': sum_text(list_transform(
        list_filter(refund.order_adjustments, adjustment -> adjustment.kind = 'shipping_refund'), adjustment -> negated_text(adjustment.amount)
    )),
    'gift_card': sum_text(list_transform(
        list_filter(refund.refund_line_items, item -> item.line_item.gift_card = 'true'),
        item -> coalesce(item.subtotal, product_text(item.quantity, item.line_item.price))
    ))
};

-- the members of a GraphQL connection, asked for as nodes or as edges
create or replace temporary macro graphql_nodes(document, path) as coalesce(
    from_json(json_extract(document, path || '.nodes'), '["JSON"]'),
    list_transform(from_json(json_extract(document, path || '.edges'), '["JSON"]'), edge -> json_extract(edge, '$.node')),
    cast([] as json[])
);
