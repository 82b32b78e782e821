-- What WooCommerce exports share.

-- `_gmt` times come without the Z that they mean; the site's own time needs its zone
create or replace temporary macro woocommerce_instant_text(gmt, site, zone) as
    coalesce(regexp_replace(cell(gmt), '(?:Z|\+00:00)?$', 'Z'), export_instant_text(cell(site), zone, null));

create or replace temporary macro woocommerce_sales_channel(created_via) as
    case
        when created_via in ('checkout', 'store-api', 'checkout-draft') then 'web'
        when created_via = 'admin' then 'draft'
        when created_via = 'subscription' then 'subscription'
        when created_via like 'pos%' then 'pos'
        when created_via = 'rest-api' then 'app'
        else 'unknown'
    end;
