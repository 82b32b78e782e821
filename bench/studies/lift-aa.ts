/**
 * Does each test of lift reject at its level, and does it find an effect that is there?
 *
 * A/A and injected lifts on a market panel without any treatment: 400 seeded assignments of two cities and a 15-day window that ends
 * on day 60..90; the outcome of the treated is multiplied by 1 + lift inside the window.
 *
 *     tsx bench/studies/lift-aa.ts <geolift_pretest.csv> [assignments] [seed] [only tests whose name has this]
 */

import { conformalPValue } from '../../models/lift/conformal.ts';
import { measureLift } from '../../models/lift/index.ts';
import { panelView } from '../../models/lift/panel-view.ts';
import { random } from '../../models/numeric/random.ts';
import type { Panel, Treatment } from '../../models/panel.ts';
import { readPanelFile } from './panel-file.ts';

const [file, count = '400', seed = '99', only = ''] = process.argv.slice(2);
if (!file) throw new Error('usage: tsx bench/studies/lift-aa.ts <geolift_pretest.csv> [assignments] [seed] [only]');
const source = readPanelFile(file, 'location', 'date', 'Y');
const runs = Number(count);
const lifts = [0, 0.05, 0.1];

type Test = (panel: Panel, treatment: Treatment) => number | null;
const p =
  (options: Parameters<typeof measureLift>[2]): Test =>
  (panel, treatment) =>
    measureLift(panel, treatment, options).estimate.p_value;
const raw =
  (statistic: 'abs_sum' | 'sum_abs', scheme: 'block' | 'iid'): Test =>
  (panel, treatment) =>
    conformalPValue(panelView(panel, treatment), 0, statistic, { scheme, permutations: 999 });

const tests: Record<string, Test> = {
  'sc, studentised placebo': p({ method: 'sc', standardError: 'placebo' }),
  'sc, refined placebo': p({ method: 'sc', standardError: 'placebo_refined' }),
  'sc, block |sum u|': p({ method: 'sc', standardError: 'conformal' }),
  'sc, block |sum u|, p at 0 alone': raw('abs_sum', 'block'),
  'sc, block sum |u|': raw('sum_abs', 'block'),
  'sc, iid sum |u|': raw('sum_abs', 'iid'),
  'sc, iid |sum u|': raw('abs_sum', 'iid'),
  'sc, cross-fitted t, 3 folds': p({ method: 'sc', standardError: 'cross_fitted_t', folds: 3 }),
  'sc, cross-fitted t, 4 folds': p({ method: 'sc', standardError: 'cross_fitted_t', folds: 4 }),
  'sc, jackknife+': p({ method: 'sc', standardError: 'jackknife_plus' }),
  'ascm, studentised placebo': p({ method: 'ascm', standardError: 'placebo' }),
  'ascm, refined placebo': p({ method: 'ascm', standardError: 'placebo_refined' }),
  'ascm, block |sum u|': p({ method: 'ascm', standardError: 'conformal' }),
  'sdid, placebo (default)': p({ method: 'sdid' }),
  'did, studentised placebo (default)': p({ method: 'did' }),
  'did, refined placebo': p({ method: 'did', standardError: 'placebo_refined' }),
  'tbr (default)': p({ method: 'tbr' }),
};

const rejected = new Map<string, number[][]>();
for (const name of Object.keys(tests).filter((name) => name.includes(only)))
  rejected.set(
    name,
    lifts.map(() => [0, 0, 0]),
  );
const length = source.periods.length;
for (let i = 0; i < runs; i++) {
  const draw = random(Number(seed), 'assignment', i);
  const first = draw.integer(source.units.length);
  const second = (first + 1 + draw.integer(source.units.length - 1)) % source.units.length;
  const end = 60 + draw.integer(31);
  const treated = [first, second];
  const treatment = { firstTreated: new Map(treated.map((u) => [source.units[u], end - 15])), end };
  lifts.forEach((lift, k) => {
    const outcome = Float64Array.from(source.outcome);
    for (const u of treated) for (let t = end - 15; t < end; t++) outcome[u * length + t] *= 1 + lift;
    for (const name of rejected.keys()) {
      const value = tests[name]({ ...source, outcome }, treatment);
      const cell = rejected.get(name)![k];
      if (value === null) cell[2]++;
      else {
        if (value < 0.05 - 1e-12) cell[0]++;
        if (value < 0.1 - 1e-12) cell[1]++;
      }
    }
  });
}
console.log(`${runs} assignments, seed ${seed}; share with p < .05 / p < .10 (no answer counts as not rejected)\n`);
console.log(`| test | ${lifts.map((lift) => `lift ${100 * lift} %`).join(' | ')} | no answer |`);
console.log(`|---|${lifts.map(() => '---|').join('')}---|`);
for (const [name, cells] of rejected) {
  const shown = cells.map(
    ([five, ten]) => `${((100 * five) / runs).toFixed(1)} / ${((100 * ten) / runs).toFixed(1)} %`,
  );
  console.log(`| ${name.replaceAll('|', '\\|')} | ${shown.join(' | ')} | ${cells[0][2]} |`);
}
