-- The outcome of each week as it was, as the model has it, and, for the last weeks, as a fit that did not see them foretold it.
-- grain:  one row per week
-- key:    week_date
-- units:  in the unit of the outcome. actual is null where it was not loaded, or where a week has fewer than k conversions
select
    week_date,
    actual,
    fitted,
    fitted_lo,
    fitted_hi,
    is_held_out,
    foretold,
    foretold_lo,
    foretold_hi,
    level
from result.mix_fit
