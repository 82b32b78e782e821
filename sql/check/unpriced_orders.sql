-- Orders in a currency whose rate on their day is not known: set aside, never counted at 1.0. Load the rates (plain CSV of fx_rate).
-- severity: warn
-- grain:    one row per currency and day
select currency, conversion_date, count(distinct conversion_id) as orders
from staging.unpriced_event
group by currency, conversion_date
