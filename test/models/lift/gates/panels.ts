import type { PanelEstimator } from '../../../../models/lift/gates/types.ts';
import { random } from '../../../../models/numeric/random.ts';
import type { Panel, Treatment } from '../../../../models/panel.ts';

/** Panel of units that share a weekly path, the first `treated` of them lifted by `effect` from `start` on. */
export function makePanel(
  seed: number,
  options: { units?: number; periods?: number; treated?: number; start?: number; effect?: number; noise?: number } = {},
): { panel: Panel; treatment: Treatment } {
  const { units = 15, periods = 60, treated = 2, start = 50, effect = 0, noise = 1 } = options;
  const rng = random(seed, 'gate panel');
  const outcome = new Float64Array(units * periods);
  const shared = Float64Array.from({ length: periods }, () => 3 * rng.normal());
  for (let u = 0; u < units; u++) {
    const level = 80 + 40 * rng.uniform();
    for (let t = 0; t < periods; t++) {
      outcome[u * periods + t] = level + shared[t] + noise * rng.normal() + (u < treated && t >= start ? effect : 0);
    }
  }
  return {
    panel: {
      units: Array.from({ length: units }, (_, u) => `u${u}`),
      periods: Array.from({ length: periods }, (_, t) => `p${String(t).padStart(3, '0')}`),
      outcome,
      covariates: {},
    },
    treatment: { firstTreated: new Map(Array.from({ length: treated }, (_, u) => [`u${u}`, start])) },
  };
}

/** Difference in differences of plain means with a z-test on the pre-period sd: a stand-in for a real estimator. */
export const plainDid: PanelEstimator = (panel, treatment) => {
  const periods = panel.periods.length;
  const start = Math.min(...treatment.firstTreated.values());
  const end = treatment.end ?? periods;
  const gap = new Float64Array(end);
  const treated = panel.units.map((unit) => treatment.firstTreated.has(unit));
  const count = treated.filter(Boolean).length;
  treated.forEach((isTreated, u) => {
    const share = isTreated ? 1 / count : -1 / (treated.length - count);
    for (let t = 0; t < end; t++) gap[t] += share * panel.outcome[u * periods + t];
  });
  const mean = (from: number, to: number): number => gap.slice(from, to).reduce((a, b) => a + b, 0) / (to - from);
  const before = mean(0, start);
  const sd = Math.sqrt(gap.slice(0, start).reduce((sum, g) => sum + (g - before) ** 2, 0) / (start - 1));
  const value = mean(start, end) - before;
  const z = value / (sd * Math.sqrt(1 / (end - start) + 1 / start));
  return { value, pValue: Math.min(1, Math.exp(-0.717 * Math.abs(z) - 0.416 * z * z)) };
};
