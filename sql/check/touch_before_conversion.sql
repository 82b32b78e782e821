-- No touch earns credit for a conversion that came before it.
-- severity: error
-- grain:    one row per step that breaks it
select step.conversion_id, step.step, step.touched_at, conversion.converted_at
from journey.step as step
inner join staging.conversion as conversion
    on conversion.conversion_id = step.conversion_id
where step.touched_at > conversion.converted_at
    or (step.matched_by = 'person' and step.touched_at = conversion.converted_at)
