-- What a driver would have caused, had all of its weeks been larger or smaller by one factor.
-- grain:  one row per driver and factor
-- key:    driver, factor
-- units:  contribution in the unit of the outcome; beyond_observed is the share of exposure above the highest week ever seen in its geo
select
    position,
    driver,
    factor,
    spend,
    contribution,
    contribution_sd,
    contribution_lo,
    contribution_hi,
    level,
    beyond_observed,
    is_extrapolated
from result.mix_response
