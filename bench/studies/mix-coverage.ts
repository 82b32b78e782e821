/**
 * Coverage of the 90 % intervals on simulated markets whose truth is not drawn from the priors: once as the model assumes
 * them, then with noise that is correlated in time, with media and engagement that follow demand nobody recorded, and with
 * the same but a lift study of each paid channel. Prints the table of docs/mix.md.
 *
 *     npx tsx bench/studies/mix-coverage.ts [markets = 50] [seed = 1] [chains = 4] [only the block 1 to 4]
 */
import { geometricAdstock } from '../../models/mix/adstock.ts';
import { fitMix } from '../../models/mix/fit.ts';
import {
  type SimulatedMarket,
  type SimulatedMarketOptions,
  simulateMarket,
} from '../../models/mix/simulated-market.ts';
import type { MixExperiment } from '../../models/mix/spec.ts';
import { random } from '../../models/numeric/random.ts';

const [markets = 50, seed = 1, chains = 4, only = 0] = process.argv.slice(2).map(Number);

interface Tally {
  n: number;
  inside: number;
  below: number;
  width: number;
  error: number;
}

/** Switching each paid channel off for 12 weeks, read in those weeks: unbiased, standard error 15 % of what was lost. */
function studiesOf(market: SimulatedMarket, m: number): MixExperiment[] {
  const { periods, units, covariates } = market.panel;
  const T = periods.length;
  const rng = random(seed, 'studies', m);
  return market.truth.flatMap(({ name, path, roi, decay, halfSaturation }) => {
    if (roi === null) return [];
    let effect = 0;
    units.forEach((unit, g) => {
      const size = market.population[unit] / 1e5;
      const exposure = covariates[name].slice(g * T, g * T + T).map((v) => v / size);
      const off = exposure.map((v, t) => (t >= 72 && t < 84 ? 0 : v));
      const respond = (series: Float64Array): Float64Array =>
        geometricAdstock(series, decay, 8).map((a) => a / (a + halfSaturation));
      const [ran, without] = [respond(exposure), respond(off)];
      for (let t = 72; t < 84; t++) if (ran[t] > 0) effect += path[g * T + t] * (1 - without[t] / ran[t]);
    });
    // a channel that was dark in those weeks cannot be studied in them
    if (effect === 0) return [];
    const estimate = effect * (1 + 0.15 * rng.normal());
    const [start, end] = [periods[72], periods[83]];
    const change = { start, end, counterfactualFactor: 0, estimand: 'outcome' as const, grade: 'A' as const };
    return [{ name: `study of ${name}`, drivers: [name], ...change, estimate, standardError: 0.15 * effect }];
  });
}

function study(title: string, change: Partial<SimulatedMarketOptions>, hasStudies: boolean): void {
  const tally = new Map<string, Tally>();
  let failed = 0;
  let divergences = 0;
  const before = process.cpuUsage();
  for (let m = 0; m < markets; m++) {
    const geos = m % 5 === 4 ? 8 : 1;
    const market = simulateMarket({
      seed: `${seed} ${m}`,
      geos,
      weeks: 156,
      paid: 4,
      organic: 1,
      negative: 1,
      controls: 1,
      noise: 0.03 + 0.04 * ((m % 4) / 3),
      ...change,
    });
    const spec = {
      drivers: market.drivers,
      population: geos > 1 ? market.population : undefined,
      experiments: hasStudies ? studiesOf(market, m) : [],
    };
    const { result } = fitMix(market.panel, spec, { seed: m, chains, draws: 500, warmup: 250 });
    divergences += result.diagnostics.divergences;
    if (result.status !== 'ok') {
      failed++;
      continue;
    }
    for (const driver of result.drivers) {
      const truth = market.truth.find(({ name }) => name === driver.name);
      if (!truth) throw new RangeError(`no truth for ${driver.name}`);
      const { mean, lo, hi } = driver.contribution;
      for (const key of ['all', driver.kind, geos > 1 ? '8 geos' : 'national']) {
        const row = tally.get(key) ?? { n: 0, inside: 0, below: 0, width: 0, error: 0 };
        row.n++;
        if (truth.contribution >= lo && truth.contribution <= hi) row.inside++;
        if (truth.contribution < lo) row.below++;
        row.width += (hi - lo) / Math.abs(truth.contribution);
        row.error += Math.abs(mean / truth.contribution - 1);
        tally.set(key, row);
      }
    }
  }
  const used = process.cpuUsage(before);
  const seconds = ((used.user + used.system) / 1e6).toFixed(0);
  console.log(`### ${title}`);
  console.log(`${failed} not converged, ${divergences} divergences, ${seconds} CPU-s\n`);
  console.log('| drivers | n | covered | truth below | truth above | mean relative width | mean relative error |');
  console.log('|---|---|---|---|---|---|---|');
  for (const [key, { n, inside, width, error, below }] of tally) {
    const percent = (value: number): string => `${((100 * value) / n).toFixed(1)} %`;
    const sides = `${percent(inside)} | ${percent(below)} | ${percent(n - inside - below)}`;
    console.log(`| ${key} | ${n} | ${sides} | ${(width / n).toFixed(2)} | ${(error / n).toFixed(2)} |`);
  }
  console.log('');
}

console.log(`${markets} markets, seed ${seed}, ${chains} x (250 + 500) draws\n`);
const blocks = [
  () => study('as assumed', {}, false),
  () => study('noise correlated 0.5 from week to week', { autocorrelation: 0.5 }, false),
  () => study('media and engagement follow unrecorded demand', { reaction: 0.5, autocorrelation: 0.5 }, false),
  () => study('the same, and a lift study of each paid channel', { reaction: 0.5, autocorrelation: 0.5 }, true),
];
for (const block of only > 0 ? [blocks[only - 1]] : blocks) block();
