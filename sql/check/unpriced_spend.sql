-- Spend in a currency whose rate on its day is not known: set aside, never counted at 1.0. Load the rates (plain CSV of fx_rate).
-- severity: warn
-- grain:    one row per platform, currency and day
select platform, currency, spend_date, sum(spend) as spend
from staging.unpriced_spend
group by platform, currency, spend_date
