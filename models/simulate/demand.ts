import { random } from '../numeric/random.ts';
import { DAY_MILLISECONDS, isoDay, weekday } from './calendar.ts';
import { CHANNELS } from './channels.ts';
import { hash32, normalAt, seedOf, uniformAt } from './hash.ts';
import type { Dials } from './options.ts';

/** Consent of a person: visits followed, pings without a lasting id, or nothing recorded at all. */
export const GRANTED = 0;
export const DENIED = 1;
export const SILENT = 2;

/** Who can buy. Arrays have one entry per person. */
export interface Population {
  /** the seed of every draw about a person */
  seeds: Uint32Array;
  geo: Uint16Array;
  /** latent demand, standard normal; nobody in the data sees it */
  affinity: Float64Array;
  /** baseline order rate relative to the average, mean 1 */
  base: Float64Array;
  /** bit c = can be reached by channel c */
  reachable: Uint32Array;
  consent: Uint8Array;
  /** has left an e-mail address before the window (newsletter) */
  isKnown: Uint8Array;
  /** follows the creator and knows the creator's code */
  isFollower: Uint8Array;
  hasTwoDevices: Uint8Array;
}

/** Draws persons. Nothing here depends on confounding or effects, so worlds that differ in those share the people. */
export function populate(dials: Dials): Population {
  const n = dials.persons;
  const population: Population = {
    seeds: new Uint32Array(n),
    geo: new Uint16Array(n),
    affinity: new Float64Array(n),
    base: new Float64Array(n),
    reachable: new Uint32Array(n),
    consent: new Uint8Array(n),
    isKnown: new Uint8Array(n),
    isFollower: new Uint8Array(n),
    hasTwoDevices: new Uint8Array(n),
  };
  const seed = seedOf(dials.seed, 'persons');
  const shares = cumulativeShares(dials.geos.map((geo) => geo.population));
  const platforms = [...new Set(CHANNELS.filter((c) => c.kind === 'organic').map((c) => c.platform))];
  const use = platforms.map(
    (platform) => CHANNELS.find((c) => c.platform === platform && c.kind === 'organic')?.use ?? 0,
  );
  const audiences = CHANNELS.map((c) =>
    platforms.map((platform) => c.audience === 'any' || c.audience.split('|').includes(platform)),
  );
  for (let i = 0; i < n; i++) {
    const own = hash32(seed, i, 0);
    population.seeds[i] = own;
    const draw = uniformAt(own, 0, 900);
    population.geo[i] = shares.findIndex((share) => draw < share);
    population.affinity[i] = normalAt(own, 0, 901);
    population.base[i] = Math.exp(dials.affinity * population.affinity[i] - dials.affinity ** 2 / 2);
    let used = 0;
    for (let p = 0; p < platforms.length; p++) if (uniformAt(own, p, 902) < use[p]) used |= 1 << p;
    for (let c = 0; c < CHANNELS.length; c++) {
      const reached = CHANNELS[c].audience === 'any' || audiences[c].some((yes, p) => yes && (used >> p) & 1);
      if (reached) population.reachable[i] |= 1 << c;
    }
    const consent = uniformAt(own, 0, 903);
    population.consent[i] =
      consent >= dials.missingConsent ? GRANTED : consent >= dials.missingConsent / 2 ? DENIED : SILENT;
    population.isKnown[i] = uniformAt(own, 0, 904) < 0.35 ? 1 : 0;
    population.isFollower[i] = uniformAt(own, 0, 905) < 0.4 ? 1 : 0;
    population.hasTwoDevices[i] = uniformAt(own, 0, 906) < 0.25 ? 1 : 0;
  }
  return population;
}

/** Demand of geos by day, row-major geos x days. */
export interface Demand {
  /** multiplies every baseline order rate; mean about 1 */
  level: Float64Array;
  /** the surprise in it, standard normal: what a confounded brand reacts to */
  shock: Float64Array;
  /** by day: the part of the surprise that all geos share, standard normal */
  national: Float64Array;
  /** by day: share of sales that stock allows */
  availability: Float64Array;
}

/** Share of sales left on the days of a stock-out. */
const STOCK_OUT = 0.25;

/** relative demand from Sunday to Saturday */
const WEEK = [1.12, 1.02, 0.94, 0.93, 0.95, 0.98, 1.06];

/** Autocorrelation of demand shocks from one day to the next. */
const PERSISTENCE = 0.8;

/** Season, week and AR(1) shocks, half of them shared by all geos. */
export function demandOf(dials: Dials): Demand {
  const { days, geos, firstDay } = dials;
  const level = new Float64Array(geos.length * days);
  const shock = new Float64Array(geos.length * days);
  const national = autoregression(random(dials.seed, 'national demand'), days);
  for (let g = 0; g < geos.length; g++) {
    const local = autoregression(random(dials.seed, 'demand', geos[g].id), days);
    for (let t = 0; t < days; t++) {
      const z = Math.SQRT1_2 * (national[t] + local[t]);
      const dayOfYear =
        firstDay + t - Math.floor(Date.UTC(Number(isoDay(firstDay + t).slice(0, 4)), 0, 1) / DAY_MILLISECONDS);
      // dry skin sells: the season peaks in the middle of January
      const season = 1 + dials.season * Math.cos((2 * Math.PI * (dayOfYear - 15)) / 365.25);
      shock[g * days + t] = z;
      level[g * days + t] =
        season * WEEK[weekday(firstDay + t)] * Math.exp(dials.shock * z - (dials.shock * dials.shock) / 2);
    }
  }
  return { level, shock, national, availability: availabilityOf(dials) };
}

function availabilityOf(dials: Dials): Float64Array {
  const availability = new Float64Array(dials.days).fill(1);
  const source = random(dials.seed, 'stock-outs');
  for (let n = 0; n < dials.stockOuts; n++) {
    const start = source.integer(dials.days);
    availability.fill(STOCK_OUT, start, start + 2);
  }
  return availability;
}

function autoregression(source: { normal(): number }, length: number): Float64Array {
  const values = new Float64Array(length);
  const innovation = Math.sqrt(1 - PERSISTENCE ** 2);
  let value = source.normal();
  for (let t = 0; t < length; t++) {
    values[t] = value;
    value = PERSISTENCE * value + innovation * source.normal();
  }
  return values;
}

function cumulativeShares(weights: readonly number[]): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = new Float64Array(weights.length);
  let sum = 0;
  weights.forEach((weight, index) => {
    sum += weight;
    shares[index] = index === weights.length - 1 ? 1 : sum / total;
  });
  return shares;
}
