-- Under every model the credit of a conversion sums to exactly one conversion.
-- severity: error
-- grain:    one row per conversion that breaks it
select conversion_id, sum(first_touch_credit) as first_touch, sum(last_touch_credit) as last_touch, sum(last_non_direct_credit) as last_non_direct, sum(linear_credit) as linear, sum(position_based_credit) as position_based, sum(time_decay_credit) as time_decay
from attribution.amount
group by conversion_id
having sum(first_touch_credit) <> 1000000000
    or sum(last_touch_credit) <> 1000000000
    or sum(last_non_direct_credit) <> 1000000000
    or sum(linear_credit) <> 1000000000
    or sum(position_based_credit) <> 1000000000
    or sum(time_decay_credit) <> 1000000000
