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
