create table if not exists result.model_run (
    position integer,
    model varchar,
    markov_order integer,
    conversions bigint,
    revenue_minor bigint,
    n_persons bigint,
    n_journeys bigint,
    persons_share decimal(9, 6),
    replicates integer,
    seed bigint,
    level decimal(9, 6),
    note varchar
)
