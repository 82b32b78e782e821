import type { MixSpec } from '../../../models/mix/spec.ts';
import { random } from '../../../models/numeric/random.ts';
import type { Panel } from '../../../models/panel.ts';

/** Weekly ISO days from 2023-01-02. */
export function weekNames(n: number): string[] {
  return Array.from({ length: n }, (_, t) => new Date(Date.UTC(2023, 0, 2 + 7 * t)).toISOString().slice(0, 10));
}

/** A panel of noise around a level with non-negative series `names`, some weeks of each at zero. */
export function noisePanel(geos: number, weeks: number, names: readonly string[], seed: number): Panel {
  const rng = random(seed, 'noise-panel');
  const cells = geos * weeks;
  const covariates: Record<string, Float64Array> = {};
  for (const name of names) {
    covariates[name] = Float64Array.from({ length: cells }, () => (rng.uniform() < 0.3 ? 0 : 20 * rng.gamma(2)));
  }
  return {
    units: Array.from({ length: geos }, (_, g) => `geo${g}`),
    periods: weekNames(weeks),
    outcome: Float64Array.from({ length: cells }, (_, i) => 1000 * (1 + Math.floor(i / weeks)) + 100 * rng.normal()),
    covariates,
  };
}

/** One driver of every kind, adstock and saturation. */
export const everyKindSpec: MixSpec = {
  drivers: [
    { name: 'tv', kind: 'paid' },
    { name: 'search', kind: 'paid', saturation: { kind: 'logistic' } },
    { name: 'video', kind: 'paid', adstock: { kind: 'delayed', maxLag: 5 }, saturation: { kind: 'hill' } },
    { name: 'likes', kind: 'organic', adstock: { kind: 'binomial' }, saturation: { kind: 'root' } },
    { name: 'boycott', kind: 'negative', adstock: { kind: 'weibull', maxLag: 6 } },
    { name: 'mentions', kind: 'ambiguous', byGeo: true },
    { name: 'price', kind: 'treatment' },
    { name: 'weather', kind: 'control' },
  ],
  trend: { everyWeeks: 10 },
  season: { order: 2 },
  holidays: [{ name: 'peak', periods: ['2023-02-06', '2023-04-03'] }],
};
export const everyKindNames = everyKindSpec.drivers.map((driver) => driver.name);
