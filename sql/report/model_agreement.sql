-- Where the models agree on a channel and where the choice of model decides; a range over models has no coverage.
-- grain:  one row per channel
-- key:    channel
-- units:  conversions are credit; revenue net of refunds in the reporting currency; ratio = highest / lowest, null where lowest <= 0
-- params: $minor_unit (double: value of one minor unit)
select
    channel,
    conversions_lowest,
    conversions_highest,
    conversions_highest - conversions_lowest as conversions_spread,
    lowest_model,
    highest_model,
    ratio,
    cast(cast(revenue_minor_lowest as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as revenue_lowest,
    cast(cast(revenue_minor_highest as decimal(28, 0)) * cast($minor_unit as decimal(4, 3)) as decimal(28, 3)) as revenue_highest,
    disagree,
    words,
    'model_spread' as kind
from result.model_agreement
