-- Under every model the parts of a money event add up to the event, to the minor unit.
-- severity: error
-- grain:    one row per money event that breaks it
select amount.conversion_id, amount.money_event_id, max(event.revenue_minor) as revenue_minor, sum(amount.first_touch_minor) as first_touch, sum(amount.last_touch_minor) as last_touch, sum(amount.last_non_direct_minor) as last_non_direct, sum(amount.linear_minor) as linear, sum(amount.position_based_minor) as position_based, sum(amount.time_decay_minor) as time_decay
from attribution.amount as amount
inner join staging.revenue_event as event
    on event.conversion_id = amount.conversion_id
    and event.money_event_id = amount.money_event_id
group by amount.conversion_id, amount.money_event_id
having sum(amount.first_touch_minor) <> max(event.revenue_minor)
    or sum(amount.last_touch_minor) <> max(event.revenue_minor)
    or sum(amount.last_non_direct_minor) <> max(event.revenue_minor)
    or sum(amount.linear_minor) <> max(event.revenue_minor)
    or sum(amount.position_based_minor) <> max(event.revenue_minor)
    or sum(amount.time_decay_minor) <> max(event.revenue_minor)
