-- What Stripe exports share.

-- minor units to major; for UGX and ISK Stripe keeps two decimals that the currencies do not have
create or replace temporary macro stripe_amount_text(amount, currency) as
    case
        when upper(currency) in ('UGX', 'ISK') then minor_to_major_text(amount, 'USD')
        else minor_to_major_text(amount, currency)
    end;

-- Unix seconds, or the UTC timestamp that a connector makes of them
create or replace temporary macro stripe_instant_text(value) as
    case
        when regexp_matches(value, '^\d{9,10}$') then strftime(make_timestamp(try_cast(value as bigint) * 1000000), '%Y-%m-%dT%H:%M:%SZ')
        else export_instant_text(value, 'UTC', null)
    end;

-- a charge that took money: succeeded, captured, and not in test mode
create or replace temporary macro stripe_is_revenue(status, captured, livemode) as
    coalesce(lower(status) = 'succeeded' and flag_text(captured) = 'true' and flag_text(livemode) = 'true', false);

create or replace temporary macro stripe_financial_status(status, captured) as
    case when lower(status) = 'succeeded' and flag_text(captured) = 'false' then 'authorized' else lower(status) end;
