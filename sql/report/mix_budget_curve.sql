-- What each channel would cause at some spend over the weeks of the plan, draw by draw: enough to plan other budgets from.
-- grain:  one row per paid channel and node
-- key:    channel, node
-- units:  spend in the reporting currency; draws in the unit of the outcome; slope is mean outcome per unit of money
select
    position,
    channel,
    node,
    weeks,
    value_per_outcome,
    current_spend,
    ceiling,
    is_concave,
    spend,
    slope,
    draws
from result.mix_budget_curve
