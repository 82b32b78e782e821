-- The budget that earns most by the model, beside what is spent now. Row (total) is the plan as a whole; its message says why there is none.
-- grain:  one row per paid channel, and one for the plan
-- key:    channel
-- units:  spend in the reporting currency, for the weeks of the plan; outcomes in the unit of the outcome; mroi is money earned by the next unit of
--         money; kkt_residual is relative, 0 = optimal
select
    position,
    channel,
    weeks,
    current_spend,
    proposed_spend,
    lower_bound,
    upper_bound,
    bound,
    peak_ratio,
    outcome,
    outcome_lo,
    outcome_hi,
    current_outcome,
    current_outcome_lo,
    current_outcome_hi,
    mroi,
    gain,
    gain_lo,
    gain_hi,
    profit_gain,
    profit_gain_lo,
    profit_gain_hi,
    p_better,
    multiplier,
    kkt_residual,
    method,
    level,
    message
from result.mix_budget
