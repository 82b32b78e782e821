-- What each driver caused in each geo; empty for a model of the whole market.
-- grain:  one row per driver and geo
-- key:    driver, geo
-- units:  contribution in the unit of the outcome, spend in the reporting currency
select
    position,
    driver,
    geo,
    contribution,
    contribution_sd,
    contribution_lo,
    contribution_hi,
    spend,
    level
from result.mix_geo
