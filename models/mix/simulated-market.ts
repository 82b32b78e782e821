import { random } from '../numeric/random.ts';
import type { Panel } from '../panel.ts';
import { geometricAdstock } from './adstock.ts';
import type { MixDriver } from './driver.ts';
import { saturation } from './saturation.ts';

export interface SimulatedMarketOptions {
  seed: number | string;
  geos?: number;
  weeks?: number;
  paid?: number;
  organic?: number;
  negative?: number;
  controls?: number;
  /** sd of the weekly noise as a share of the base level; default 0.05 */
  noise?: number;
  /** sd of log effects between geos; default 0.25 */
  spread?: number;
  /** how much budgets follow the season, 0 to 1; default 0.5 */
  confounding?: number;
  /** correlation of the noise from one week to the next, which the model does not know of; default 0 */
  autocorrelation?: number;
  /** how much budgets follow demand that no column shows, so that spend and noise move together; default 0 */
  reaction?: number;
}

export interface SimulatedMarket {
  panel: Panel;
  drivers: MixDriver[];
  population: Record<string, number>;
  truth: {
    name: string;
    /** outcome caused over all geos and weeks, negative for negative drivers */
    contribution: number;
    /** per money, paid drivers only */
    roi: number | null;
    decay: number;
    /** in the exposure's own unit per average geo */
    halfSaturation: number;
    /** outcome caused per geo and week */
    path: Float64Array;
  }[];
}

/**
 * A weekly market whose media effects are known: flighted media that partly follow the season, geometric carry-over,
 * saturation, geo effects, a wandering trend, two harmonics of a year and normal noise. Nothing in it is drawn from the
 * priors of the model, so it can be used to see whether intervals cover.
 */
export function simulateMarket(options: SimulatedMarketOptions): SimulatedMarket {
  const { seed, geos = 1, weeks = 156, paid = 5, organic = 0, negative = 0, controls = 0 } = options;
  const { noise = 0.05, spread = 0.25, confounding = 0.5, autocorrelation = 0, reaction = 0 } = options;
  const rng = random(seed, 'mix-market');
  const G = geos;
  const T = weeks;
  const base = 1000;
  const units = Array.from({ length: G }, (_, g) => `geo${g + 1}`);
  const size = units.map(() => (G === 1 ? 1 : Math.exp(0.6 * rng.normal())));
  const periods = Array.from({ length: T }, (_, t) => isoDay(19_359 + 7 * t));
  const phase = 2 * Math.PI * rng.uniform();
  const season = periods.map((_, t) => {
    const year = (2 * Math.PI * t) / (365.25 / 7);
    return 0.12 * Math.sin(year + phase) + 0.05 * Math.sin(2 * year + 2.1 * phase);
  });
  const trend = wanderingTrend(T, rng);
  const level = units.map(() => (G === 1 ? 1 : Math.exp(0.1 * rng.normal())));
  const outcome = new Float64Array(G * T);
  // noise with variance 1
  const shock = new Float64Array(G * T);
  for (let g = 0; g < G; g++) {
    for (let t = 0; t < T; t++) {
      const fresh = rng.normal();
      const before = t > 0 ? shock[g * T + t - 1] : fresh;
      shock[g * T + t] = t === 0 ? fresh : autocorrelation * before + Math.sqrt(1 - autocorrelation ** 2) * fresh;
      outcome[g * T + t] = base * size[g] * (level[g] + trend[t] + season[t] + noise * shock[g * T + t]);
    }
  }
  const covariates: Record<string, Float64Array> = {};
  const drivers: MixDriver[] = [];
  const truth: SimulatedMarket['truth'] = [];
  const kinds = [
    ...Array.from({ length: paid }, () => 'paid' as const),
    ...Array.from({ length: organic }, () => 'organic' as const),
    ...Array.from({ length: negative }, () => 'negative' as const),
  ];
  kinds.forEach((kind, j) => {
    const name = `${kind}${j + 1}`;
    const decay = 0.05 + 0.6 * rng.uniform() ** 1.5;
    const halfSaturation = Math.exp(0.5 * rng.normal());
    const effects = units.map(() => Math.exp(G === 1 ? 0 : spread * rng.normal()));
    const sign = kind === 'negative' ? -1 : 1;
    const shareOfOutcome = kind === 'paid' ? 0.02 + 0.08 * rng.uniform() : 0.005 + 0.03 * rng.uniform();
    const curve = kind === 'negative' ? (a: number) => a : saturation({ kind: 'michaelis_menten', halfSaturation });
    const planned = mediaLevels(G, T, season, confounding, kind, rng);
    const levelOf = planned.map((series, g) =>
      series.map((amount, t) => amount * Math.max(0.1, 1 + 0.5 * reaction * shock[g * T + t])),
    );
    const responses = levelOf.map((series) => geometricAdstock(series, decay, 8).map(curve));
    let sum = 0;
    responses.forEach((h, g) => {
      for (const value of h) sum += size[g] * effects[g] * value;
    });
    const total = size.reduce((a, b) => a + b, 0) * T * base;
    const scale = (sign * shareOfOutcome * total) / sum;
    const path = new Float64Array(G * T);
    responses.forEach((h, g) => {
      for (let t = 0; t < T; t++) path[g * T + t] = scale * size[g] * effects[g] * h[t];
    });
    const contribution = path.reduce((a, b) => a + b, 0);
    const roi = kind === 'paid' ? Math.exp(0.2 + 0.5 * rng.normal()) : null;
    let exposure = 0;
    levelOf.forEach((series, g) => {
      for (const value of series) exposure += value * size[g];
    });
    // money per unit of exposure follows from the ROI that was drawn
    const price = roi === null ? 100 : contribution / roi / exposure;
    covariates[name] = new Float64Array(G * T);
    levelOf.forEach((series, g) => {
      for (let t = 0; t < T; t++) covariates[name][g * T + t] = price * size[g] * series[t];
    });
    for (let i = 0; i < outcome.length; i++) outcome[i] += path[i];
    drivers.push({ name, kind });
    truth.push({ name, contribution, roi, decay, halfSaturation: halfSaturation * price, path });
  });
  for (let c = 0; c < controls; c++) {
    const name = `control${c + 1}`;
    const effect = 0.03 * rng.normal();
    const column = new Float64Array(G * T);
    let state = 0;
    for (let i = 0; i < G * T; i++) {
      state = 0.7 * state + rng.normal();
      column[i] = state;
      outcome[i] += effect * base * size[Math.floor(i / T)] * state;
    }
    covariates[name] = column;
    drivers.push({ name, kind: 'control' });
  }
  const population = Object.fromEntries(units.map((unit, g) => [unit, size[g] * 1e5]));
  return { panel: { units, periods, outcome, covariates }, drivers, population, truth };
}

/** Piecewise-linear walk with a turn every 30 weeks or so. */
function wanderingTrend(T: number, rng: ReturnType<typeof random>): number[] {
  const knots = Array.from({ length: Math.ceil(T / 30) + 1 }, () => 0);
  for (let k = 1; k < knots.length; k++) knots[k] = knots[k - 1] + 0.04 * rng.normal();
  return Array.from({ length: T }, (_, t) => {
    const at = t / 30;
    const k = Math.floor(at);
    return knots[k] + (at - k) * (knots[k + 1] - knots[k]);
  });
}

/** Weekly media per geo: on-off flights for paid, steady and bursty for the rest; partly following the season. */
function mediaLevels(
  G: number,
  T: number,
  season: readonly number[],
  confounding: number,
  kind: 'paid' | 'organic' | 'negative',
  rng: ReturnType<typeof random>,
): Float64Array[] {
  const national = new Float64Array(T);
  let on = rng.uniform() < 0.6;
  for (let t = 0; t < T; t++) {
    if (kind === 'paid' && rng.uniform() < 0.15) on = !on;
    const burst = kind === 'negative' && rng.uniform() > 0.15 ? 0.1 : 1;
    const level = (kind === 'paid' && !on ? 0 : 1) * burst * rng.gamma(4) * 0.25;
    national[t] = level * Math.max(0.1, 1 + confounding * 3 * season[t]);
  }
  return Array.from({ length: G }, () => national.map((level) => (G === 1 ? level : level * rng.gamma(3) * (1 / 3))));
}

function isoDay(day: number): string {
  // civil date from days since 1970-01-01 (Hinnant's algorithm), because a clock has no place here
  const z = day + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  const year = yoe + era * 400 + (month <= 2 ? 1 : 0);
  const text = (value: number): string => String(value).padStart(2, '0');
  return `${year}-${text(month)}-${text(doy - Math.floor((153 * mp + 2) / 5) + 1)}`;
}
