import { describe, expect, it } from 'vitest';
import type { ClusterFactor } from '../../../models/lift/cluster-variance.ts';
import { twoWayDid } from '../../../models/lift/did.ts';
import { type Matrix, multiply, solve, transpose } from '../../../models/numeric/matrix.ts';
import { random } from '../../../models/numeric/random.ts';
import type { Panel, Treatment } from '../../../models/panel.ts';
import { golden, hasGolden } from './golden-panel.ts';
import { minimumWage } from './minimum-wage.ts';

const panel: Panel = {
  units: ['a', 'b', 'x'],
  periods: ['1', '2', '3'],
  outcome: Float64Array.from([1, 3, 5, 2, 4, 3, 10, 12, 20]),
  covariates: {},
};
const treatment: Treatment = { firstTreated: new Map([['x', 2]]) };

/** Slow and obvious: OLS of y on treatment, unit and period dummies, sandwich by unit. */
function dummies(given: Panel, design: Treatment): { effect: number; cr0: number } {
  const [n, length] = [given.units.length, given.periods.length];
  const k = 1 + n + length - 1;
  const x: Matrix = { rows: n * length, cols: k, data: new Float64Array(n * length * k) };
  for (let u = 0; u < n; u++) {
    for (let t = 0; t < length; t++) {
      const row = (u * length + t) * k;
      x.data[row] = t >= (design.firstTreated.get(given.units[u]) ?? length) ? 1 : 0;
      x.data[row + 1 + u] = 1;
      if (t > 0) x.data[row + n + t] = 1;
    }
  }
  const xt = transpose(x);
  const bread = solve(multiply(xt, x), {
    rows: k,
    cols: k,
    data: Float64Array.from({ length: k * k }, (_, i) => (i % (k + 1) ? 0 : 1)),
  })!;
  const beta = multiply(bread, multiply(xt, { rows: n * length, cols: 1, data: given.outcome }));
  const fitted = multiply(x, beta);
  let meat = 0;
  for (let u = 0; u < n; u++) {
    let score = 0;
    for (let t = 0; t < length; t++) {
      const row = u * length + t;
      let influence = 0;
      for (let j = 0; j < k; j++) influence += bread.data[j] * x.data[row * k + j];
      score += influence * (given.outcome[row] - fitted.data[row]);
    }
    meat += score * score;
  }
  return { effect: beta.data[0], cr0: Math.sqrt(meat) };
}

describe('twoWayDid', () => {
  it('by hand: 20 - 11 for the treated less 4 - 2.5 for the rest', () => {
    expect(twoWayDid(panel, treatment).effect).toBeCloseTo(7.5, 12);
  });

  it('agrees with least squares on dummies, with one start and with several', () => {
    const draw = random(3, 'did');
    const big: Panel = {
      units: Array.from({ length: 12 }, (_, i) => `u${i}`),
      periods: Array.from({ length: 7 }, (_, i) => `t${i}`),
      outcome: Float64Array.from({ length: 84 }, () => draw.normal()),
      covariates: {},
    };
    const starts: [string, number][][] = [
      [
        ['u1', 4],
        ['u2', 4],
        ['u3', 4],
      ],
      [
        ['u1', 2],
        ['u5', 4],
        ['u7', 4],
        ['u9', 6],
      ],
    ];
    for (const firstTreated of starts) {
      const design = { firstTreated: new Map(firstTreated) };
      const expected = dummies(big, design);
      const found = twoWayDid(big, design, 'CR0');
      expect(found.effect).toBeCloseTo(expected.effect, 10);
      expect(found.variance.standardError).toBeCloseTo(expected.cr0, 10);
    }
  });

  it('leaves periods after the end out', () => {
    const longer: Panel = {
      ...panel,
      periods: ['1', '2', '3', '4'],
      outcome: Float64Array.from([1, 3, 5, 9, 2, 4, 3, -9, 10, 12, 20, 70]),
    };
    expect(twoWayDid(longer, { ...treatment, end: 3 }).effect).toBeCloseTo(7.5, 12);
  });

  it('has no CR2 error for a single treated unit', () => {
    expect(twoWayDid(panel, treatment, 'CR2').variance.standardError).toBeNaN();
  });

  it('refuses a design that cannot be told from units and periods, and a gap', () => {
    expect(() => twoWayDid(panel, { firstTreated: new Map([['x', 0]]) })).toThrow(/treatment does not vary/);
    expect(() => twoWayDid(panel, { firstTreated: new Map() })).toThrow(/treatment does not vary/);
    const gap = { ...panel, outcome: panel.outcome.with(4, Number.NaN) };
    expect(() => twoWayDid(gap, treatment)).toThrow(/unit b, period 2: outcome is missing/);
  });
});

describe.skipIf(!hasGolden)('twoWayDid on county employment and minimum wages', () => {
  // fixest 0.11 (nested), estimatr 1.0 (CR0, stata, CR2 with Satterthwaite degrees) on lemp ~ D + county + year
  it.each([
    ['CR0', 'se_cluster_CR0'],
    ['CR1_nested', 'fixest_style_se'],
    ['CR1_full', 'se_cluster_CR1_stata_fullK'],
  ] as [ClusterFactor, string][])('gives the %s error', (factor, key) => {
    const { panel: counties, treatment: wages } = minimumWage();
    const expected = golden('did_mpdta').twfe;
    const found = twoWayDid(counties, wages, factor);
    expect(found.effect).toBeCloseTo(expected.estimate, 10);
    expect(found.variance.standardError).toBeCloseTo(expected[key], 10);
  });

  it('gives the CR2 error and its degrees of freedom', () => {
    const { panel: counties, treatment: wages } = minimumWage();
    const { variance } = twoWayDid(counties, wages, 'CR2');
    const { se, df_satterthwaite } = golden('did_mpdta').twfe.estimatr_CR2;
    expect(variance.standardError).toBeCloseTo(se, 10);
    expect(variance.degrees).toBeCloseTo(df_satterthwaite, 6);
  });
});
