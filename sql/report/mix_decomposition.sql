-- The outcome of each week, taken apart. In every draw the parts add up to the fitted outcome.
-- grain:  one row per part and week
-- key:    part, week_date
-- units:  amounts in the unit of the outcome; weeks begin on Monday
select
    position,
    part,
    week_date,
    amount,
    amount_lo,
    amount_hi,
    level
from result.mix_decomposition
