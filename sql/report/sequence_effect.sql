-- Pairs of touches that follow each other, with the conversion rate of journeys that have them and of those that do not. An
-- association: people who were going to buy also make certain sequences. Pairs of fewer than k persons are left out.
-- grain:  one row per sequence
-- key:    sequence
-- units:  rates are conversions per journey; removal_effect is the share of conversions of walks of the order-2 chain that make the
--         sequence, a point without interval
select
    sequence,
    journeys,
    conversions,
    rate_with,
    rate_with_lo,
    rate_with_hi,
    rate_without,
    rate_ratio,
    rate_ratio_lo,
    rate_ratio_hi,
    removal_effect,
    'E' as grade
from result.sequence_effect
