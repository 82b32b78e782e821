/**
 * Do the intervals of lift cover, and do the tests reject at their level, on panels whose truth is known?
 *
 * Simulated panels: 20 controls and 2 treated units, 60 + 14 periods, levels, one shared autoregressive shock with a load per unit, and
 * AR(1) noise of each unit with autocorrelation rho. Every method runs with its default error.
 *
 *     tsx bench/studies/lift-null.ts [panels] [only methods whose name has this]
 */
import { LIFT_METHODS, type LiftMethod, type LiftOptions, measureLift } from '../../models/lift/index.ts';
import { random } from '../../models/numeric/random.ts';
import type { Panel, Treatment } from '../../models/panel.ts';

const [count = '200', only = ''] = process.argv.slice(2);
const panels = Number(count);
const [controls, treated, pre, post] = [20, 2, 60, 14];
const EFFECT = 1;

function simulate(rho: number, effect: number, seed: number): { panel: Panel; treatment: Treatment } {
  const draw = random(seed, 'lift-null', String(rho));
  const length = pre + post;
  const shock = new Float64Array(length);
  for (let t = 0; t < length; t++) shock[t] = 0.7 * (shock[t - 1] ?? 0) + draw.normal();
  const outcome = new Float64Array((controls + treated) * length);
  for (let u = 0; u < controls + treated; u++) {
    const level = 50 + 10 * draw.normal();
    const load = 0.5 + draw.uniform();
    let noise = draw.normal();
    for (let t = 0; t < length; t++) {
      noise = rho * noise + Math.sqrt(1 - rho * rho) * draw.normal();
      outcome[u * length + t] = level + load * shock[t] + noise + (u >= controls && t >= pre ? effect : 0);
    }
  }
  const units = Array.from({ length: controls + treated }, (_, u) => `u${String(u).padStart(2, '0')}`);
  const periods = Array.from({ length }, (_, t) => `t${String(t).padStart(2, '0')}`);
  return {
    panel: { units, periods, outcome, covariates: {} },
    treatment: { firstTreated: new Map(units.slice(controls).map((unit) => [unit, pre])) },
  };
}

const all: [string, LiftOptions][] = (Object.keys(LIFT_METHODS) as LiftMethod[])
  .filter((method) => method !== 'callaway_santanna')
  .map((method) => [`${method} (default)`, { method }]);
all.push(
  ['sc, studentised placebo', { method: 'sc', standardError: 'placebo' }],
  ['ascm, studentised placebo', { method: 'ascm', standardError: 'placebo' }],
  ['sc, block conformal', { method: 'sc', standardError: 'conformal' }],
  ['sc, cross-fitted t', { method: 'sc', standardError: 'cross_fitted_t' }],
  ['sc, jackknife+', { method: 'sc', standardError: 'jackknife_plus' }],
  ['did, cluster (CR2)', { method: 'did', standardError: 'cluster' }],
  ['sdid, studentised placebo', { method: 'sdid', standardError: 'placebo_studentised' }],
  ['sdid, bootstrap', { method: 'sdid', standardError: 'bootstrap', draws: 100 }],
  ['sdid, jackknife', { method: 'sdid', standardError: 'jackknife' }],
);

const readings = all.filter(([name]) => name.includes(only));

interface Tally {
  rejected: number;
  rejectedAtFive: number;
  covered: number;
  answered: number;
  answeredNull: number;
  bias: number;
}

for (const rho of [0, 0.3, 0.6, 0.9]) {
  const tally = readings.map(
    (): Tally => ({ rejected: 0, rejectedAtFive: 0, covered: 0, answered: 0, answeredNull: 0, bias: 0 }),
  );
  for (let seed = 1; seed <= panels; seed++) {
    const empty = simulate(rho, 0, seed);
    const planted = simulate(rho, EFFECT, seed + panels);
    readings.forEach(([, options], k) => {
      const given = { ...options, level: 0.9 };
      const none = measureLift(empty.panel, empty.treatment, given).estimate;
      if (none.p_value !== null) tally[k].answeredNull++;
      if (none.p_value !== null && none.p_value < 0.1 - 1e-12) tally[k].rejected++;
      if (none.p_value !== null && none.p_value < 0.05 - 1e-12) tally[k].rejectedAtFive++;
      const some = measureLift(planted.panel, planted.treatment, given).estimate;
      tally[k].bias += (some.value - EFFECT) / panels;
      if (!some.interval) return;
      tally[k].answered++;
      const { lo, hi } = some.interval;
      if ((lo === null || lo <= EFFECT) && (hi === null || hi >= EFFECT)) tally[k].covered++;
    });
  }
  console.log(`\nrho ${rho}: ${panels} panels without and ${panels} with an effect of ${EFFECT}, level 0.9\n`);
  console.log(
    '| method | rejects a true null at 10 % | at 5 % | 90 % interval covers | bias | answered, null / effect |',
  );
  console.log('|---|---|---|---|---|---|');
  readings.forEach(([name], k) => {
    const { rejected, rejectedAtFive, covered, answered, answeredNull, bias } = tally[k];
    const share = (part: number, of: number): string => (of === 0 ? '-' : `${((100 * part) / of).toFixed(1)} %`);
    console.log(
      `| ${name} | ${share(rejected, answeredNull)} | ${share(rejectedAtFive, answeredNull)} | ${share(covered, answered)} | ${bias.toFixed(3)} | ${answeredNull} / ${answered} |`,
    );
  });
}
