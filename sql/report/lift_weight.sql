-- What the counterfactual is made of.
-- grain:  one row per claim of a study, method and donor unit or earlier day
-- key:    study_id, method, kind, name
select
    study_id,
    method,
    kind,
    name,
    weight
from result.lift_weight
