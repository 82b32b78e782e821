/**
 * How often does a Bayesian structural model see an effect that is not there?
 *
 * y = 1.2 x + AR(1) noise of sd 2, 90 pre-periods, 30 post-periods, no effect; 90 % and 95 % intervals.
 * Prints a table for docs/lift-bsts.md. Usage: npx tsx bench/studies/bsts-false-positives.ts [repetitions]
 */
import { bsts } from '../../models/lift/bsts.ts';
import { random } from '../../models/numeric/random.ts';

const repetitions = Number(process.argv[2] ?? 400);
const pre = 90;
const all = 120;

function nullSeries(rho: number, seed: number): { outcome: Float64Array; x: Float64Array } {
  const rng = random(seed, 'ar1 null', rho);
  const outcome = new Float64Array(all);
  const x = new Float64Array(all);
  let noise = 2 * rng.normal();
  let walk = 0;
  for (let t = 0; t < all; t++) {
    walk = 0.9 * walk + 2 * rng.normal();
    noise = t === 0 ? noise : rho * noise + 2 * Math.sqrt(1 - rho * rho) * rng.normal();
    x[t] = 100 + walk;
    outcome[t] = 1.2 * x[t] + noise;
  }
  return { outcome, x };
}

console.log(
  '| priors | rho | outside 90 % | outside 95 % | outside 90 %, Ljung-Box passed | Ljung-Box failed | mean width 95 % |',
);
console.log('|---|---|---|---|---|---|---|');
for (const compat of [undefined, 'causalimpact'] as const) {
  for (const rho of [0, 0.3, 0.6, 0.9]) {
    let at90 = 0;
    let at95 = 0;
    let failed = 0;
    let at90Passed = 0;
    let width = 0;
    for (let r = 0; r < repetitions; r++) {
      const { outcome, x } = nullSeries(rho, r + 1);
      const { estimate } = bsts({ outcome, covariates: { x }, start: pre }, { seed: r + 1, level: 0.95, compat });
      const autocorrelated = (estimate.diagnostics.residuals as { autocorrelated: boolean }).autocorrelated;
      if (estimate.pValue! < 0.1) at90++;
      if (estimate.pValue! < 0.05) at95++;
      if (autocorrelated) failed++;
      else if (estimate.pValue! < 0.1) at90Passed++;
      width += (estimate.interval!.hi - estimate.interval!.lo) / repetitions;
    }
    const share = (count: number, of: number): string => `${((100 * count) / Math.max(1, of)).toFixed(1)} %`;
    console.log(
      `| ${compat ?? 'ours'} | ${rho} | ${share(at90, repetitions)} | ${share(at95, repetitions)} | ` +
        `${share(at90Passed, repetitions - failed)} | ${share(failed, repetitions)} | ${width.toFixed(2)} |`,
    );
  }
}
