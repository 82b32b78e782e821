-- Every model's credit on the same journeys, with its interval over persons. Credit, not proof.
-- Beside the rule models stand those that learn from the data; rows of a model, (unattributed) included, add up to all conversions.
-- grain:  one row per model and channel
-- key:    model, channel
-- units:  conversions are credit; revenue net of refunds, spend and cpa in the reporting currency; share of all conversions; roas =
--         revenue / spend; an end of an interval is null where it has no bound or the replicates do not vary, half_life_days where it was not learned
-- params: $minor_unit (double: value of one minor unit)
with

runs as (
    select position, model, n_persons, level
    from result.model_run
)

select
    credit.model,
    credit.channel,
    credit.conversions,
    credit.conversions_lo,
    credit.conversions_hi,
    credit.share,
    credit.share_lo,
    credit.share_hi,
    credit.removal_effect,
    credit.half_life_days,
    cast(cast(credit.revenue_minor as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as revenue,
    cast(cast(credit.revenue_minor_lo as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as revenue_lo,
    cast(cast(credit.revenue_minor_hi as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as revenue_hi,
    cast(cast(credit.spend_minor as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as spend,
    cast(cast(credit.cpa_minor as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as cpa,
    cast(cast(credit.cpa_minor_lo as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as cpa_lo,
    cast(cast(credit.cpa_minor_hi as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as cpa_hi,
    credit.roas,
    credit.roas_lo,
    credit.roas_hi,
    runs.level,
    'confidence' as kind,
    'E' as grade,
    credit.few_conversions,
    runs.n_persons,
    runs.position
from result.model_credit as credit
inner join runs
    on runs.model = credit.model
