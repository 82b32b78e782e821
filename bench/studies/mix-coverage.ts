/**
 * Coverage of the 90 % intervals on simulated markets whose truth is not drawn from the priors. Prints the table of
 * docs/mix.md.
 *
 *     npx tsx bench/studies/mix-coverage.ts [markets = 50] [seed = 1] [chains = 2]
 */
import { fitMix } from '../../models/mix/fit.ts';
import { simulateMarket } from '../../models/mix/simulated-market.ts';

const [markets = 50, seed = 1, chains = 2] = process.argv.slice(2).map(Number);
const tally = new Map<string, { n: number; inside: number; width: number; error: number; below: number }>();
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
  });
  const spec = { drivers: market.drivers, population: geos > 1 ? market.population : undefined };
  const { result } = fitMix(market.panel, spec, { seed: m, chains, draws: 500, warmup: 250 });
  divergences += result.diagnostics.divergences;
  if (result.status !== 'ok') {
    failed++;
    continue;
  }
  for (const driver of result.drivers) {
    const truth = market.truth.find(({ name }) => name === driver.name);
    if (!truth) throw new RangeError(`no truth for ${driver.name}`);
    for (const key of ['all', driver.kind, geos > 1 ? '8 geos' : 'national']) {
      const row = tally.get(key) ?? { n: 0, inside: 0, width: 0, error: 0, below: 0 };
      const { mean, lo, hi } = driver.contribution;
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
console.log(
  `${markets} markets, seed ${seed}, ${chains} x (250 + 500) draws, ${failed} not converged, ${divergences} divergences`,
);
console.log(`${((used.user + used.system) / 1e6).toFixed(0)} CPU-s\n`);
console.log('| drivers | n | covered | truth below | truth above | mean relative width | mean relative error |');
console.log('|---|---|---|---|---|---|---|');
for (const [key, { n, inside, width, error, below }] of tally) {
  const percent = (value: number): string => `${((100 * value) / n).toFixed(1)} %`;
  console.log(
    `| ${key} | ${n} | ${percent(inside)} | ${percent(below)} | ${percent(n - inside - below)} | ${(width / n).toFixed(2)} | ${(error / n).toFixed(2)} |`,
  );
}
