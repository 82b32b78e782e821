-- How each model of report.model_credit was run.
-- grain:  one row per model
-- key:    model
-- units:  n_persons and n_journeys read; persons_share of all persons; markov_order in touches
select position, model, markov_order, n_persons, n_journeys, persons_share, replicates, seed, level, note
from result.model_run
