import { startOfDay } from './calendar.ts';
import { CHANNELS } from './channels.ts';
import { type Demand, demandOf, type Population, populate } from './demand.ts';
import { hash32, seedOf, uniformAt } from './hash.ts';
import { type Dials, switchedOff } from './options.ts';
import { type Plan, planMarketing } from './plan.ts';
import { assign, type Studies } from './studies.ts';

/** Everything that stands before the first day: people, plan, studies, demand, and the tables the days are lived with. */
export interface Context {
  dials: Dials;
  plan: Plan;
  population: Population;
  demand: Demand;
  studies: Studies;
  off: { channels: Set<number>; campaigns: Set<number> };
  /** per day: the instant it starts, and what a dollar is worth */
  dayStarts: Float64Array;
  euroPerDollar: Float64Array;
  /** geos x days: how much the brand's reach follows the shock of demand, mean 1 */
  geoTilt: Float64Array;
  /** the same for a person's latent demand: exponent of `affinity` */
  personTilt: number;
  /** per channel: share of stock kept per day, half-saturation, strength */
  keep: readonly number[];
  /** per channel and age in days: share of a dose that is left */
  left: readonly Float64Array[];
  halfSaturation: readonly number[];
  strength: readonly number[];
  /** per geo: share of persons who join the boycott, and the day it starts */
  anger: readonly number[];
  boycottStart: number;
}

export function contextOf(dials: Dials): Context {
  const population = populate(dials);
  const demand = demandOf(dials);
  const eagerness = normalised(demand.national.map((z) => Math.exp(0.5 * dials.confounding * z)));
  const plan = planMarketing(dials, eagerness);
  // demand as reach follows it: 0.8 of the person and 0.6 of the place and day, together a standard normal
  const placeTilt = 0.6 * dials.confounding;
  const keep = CHANNELS.map((channel) => 0.5 ** (1 / (channel.halfLifeDays * dials.carryOver)));
  const angerSeed = seedOf(dials.seed, 'boycott');
  return {
    dials,
    plan,
    population,
    demand,
    studies: assign(dials, plan, population.isKnown),
    off: switchedOff(
      dials.without,
      plan.campaigns.map((campaign) => campaign.id),
    ),
    dayStarts: Float64Array.from({ length: dials.days }, (_, day) => startOfDay('Europe/Paris', dials.firstDay + day)),
    euroPerDollar: dollarRates(dials),
    geoTilt: normalised(demand.shock.map((z) => Math.exp(placeTilt * z))),
    personTilt: 0.8 * dials.confounding,
    keep,
    left: keep.map((share) => Float64Array.from({ length: dials.days }, (_, age) => share ** age)),
    halfSaturation: CHANNELS.map((channel) => channel.halfSaturation * dials.saturation),
    strength: CHANNELS.map((channel) => channel.strength * dials.effect),
    anger: dials.geos.map((_, geo) => 0.15 + 0.4 * uniformAt(angerSeed, geo, 0)),
    boycottStart: Math.floor(dials.days * 0.55),
  };
}

/** Scaled to mean 1 over the window, so that a confounded brand reaches people at other times and not more often. */
function normalised(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value / mean);
}

/** Euros for a dollar by day: a slow random walk around 0.92, with four decimals as published rates have. */
function dollarRates(dials: Dials): Float64Array {
  const seed = seedOf(dials.seed, 'dollar');
  const rates = new Float64Array(dials.days);
  let rate = 0.92;
  for (let day = 0; day < dials.days; day++) {
    rate += 0.004 * (hash32(seed, day, 0) / 4294967296 - 0.5) + 0.02 * (0.92 - rate);
    rates[day] = Math.round(rate * 10000) / 10000;
  }
  return rates;
}
