import { describe, expect, it } from 'vitest';
import { callawaySantanna } from '../../../models/lift/callaway-santanna.ts';
import { groupTimeEffects } from '../../../models/lift/group-time.ts';
import { aggregateGroupTime, uniformBands } from '../../../models/lift/group-time-aggregate.ts';
import { random } from '../../../models/numeric/random.ts';
import type { Panel, Treatment } from '../../../models/panel.ts';
import { golden, hasGolden } from './golden-panel.ts';
import { minimumWage } from './minimum-wage.ts';

const panel: Panel = {
  units: ['a', 'b', 'c', 'd'],
  periods: ['1', '2', '3', '4'],
  outcome: Float64Array.from([1, 2, 3, 4, 2, 2, 5, 5, 0, 1, 7, 9, 3, 5, 6, 20]),
  covariates: {},
};
const treatment: Treatment = {
  firstTreated: new Map([
    ['c', 2],
    ['d', 3],
  ]),
};

describe('groupTimeEffects', () => {
  it('by hand: change since the last untreated period, less that of the controls', () => {
    const { cells } = groupTimeEffects(panel, treatment);
    const at = (group: number, period: number): number =>
      cells.find((c) => c.group === group && c.period === period)!.effect;
    // c in period 3: 7 - 1 less mean(3 - 2, 5 - 2) = 6 - 2; d in period 4: 20 - 6 less mean(1, 0)
    expect(at(2, 2)).toBeCloseTo(4, 12);
    expect(at(3, 3)).toBeCloseTo(13.5, 12);
    // before the start of d, one period to the next: 6 - 5 less mean(1, 3)
    expect(at(3, 2)).toBeCloseTo(-1, 12);
  });

  it('uses units that are not yet treated when asked, and the last untreated period as base when universal', () => {
    const { cells } = groupTimeEffects(panel, treatment, { control: 'not_yet', base: 'universal' });
    const at = (group: number, period: number): number =>
      cells.find((c) => c.group === group && c.period === period)!.effect;
    // c in period 3 against a, b and d: 6 - mean(1, 3, 1)
    expect(at(2, 2)).toBeCloseTo(6 - 5 / 3, 12);
    // d in period 1 against its period 3: 3 - 6 less mean(1 - 3, 2 - 5); c is treated in period 3 and takes no part
    expect(at(3, 0)).toBeCloseTo(-3 + 2.5, 12);
  });

  it('leaves out units without a period before, and names them', () => {
    const found = groupTimeEffects(panel, {
      firstTreated: new Map([
        ['a', 0],
        ['c', 2],
      ]),
    });
    expect(found.alwaysTreated).toEqual(['a']);
    expect(found.n).toBe(3);
  });

  it('refuses a panel in which everybody ends up treated, and says what else to compare with', () => {
    const everybody = new Map([
      ['a', 1],
      ['b', 1],
      ['c', 2],
      ['d', 3],
    ]);
    expect(() => groupTimeEffects(panel, { firstTreated: everybody })).toThrow(/control: 'not_yet'/);
    const found = groupTimeEffects(panel, { firstTreated: everybody }, { control: 'not_yet' });
    expect(found.withoutControl).toContainEqual({ group: 3, period: 3 });
  });

  it('refuses a panel without a treated unit', () => {
    expect(() => groupTimeEffects(panel, { firstTreated: new Map() })).toThrow(/no unit starts inside/);
  });
});

describe('callawaySantanna', () => {
  function staggered(seed: number, effect: number): { panel: Panel; treatment: Treatment } {
    const draw = random(seed, 'staggered');
    const [n, length] = [60, 8];
    const firstTreated = new Map<string, number>();
    const outcome = new Float64Array(n * length);
    for (let u = 0; u < n; u++) {
      const start = u < 15 ? 3 : u < 30 ? 5 : length;
      if (start < length) firstTreated.set(`u${u}`, start);
      const level = draw.normal();
      for (let t = 0; t < length; t++)
        outcome[u * length + t] = level + 0.2 * t + draw.normal() + (t >= start ? effect : 0);
    }
    const units = Array.from({ length: n }, (_, u) => `u${u}`);
    return {
      panel: { units, periods: Array.from({ length }, (_, t) => `t${t}`), outcome, covariates: {} },
      treatment: { firstTreated },
    };
  }

  it('covers a planted effect and a true null as often as it says', () => {
    let covered = 0;
    let rejectedPre = 0;
    const runs = 200;
    for (let seed = 1; seed <= runs; seed++) {
      const { panel: simulated, treatment: design } = staggered(seed, 1);
      const { aggregates, preTest } = callawaySantanna(simulated, design, { draws: 100 });
      const { effect, standardError } = aggregates.simple.overall;
      if (Math.abs(effect - 1) <= 1.6449 * standardError) covered++;
      if (preTest!.pValue < 0.1) rejectedPre++;
    }
    expect(Math.abs(covered / runs - 0.9)).toBeLessThan(2.5 * Math.sqrt(0.09 / runs));
    // a chi-square with six estimated cells is a little liberal with sixty units
    expect(rejectedPre / runs).toBeLessThan(0.1 + 4 * Math.sqrt(0.09 / runs));
  });

  it('draws joint bands that are wider than single ones, the same for the same seed', () => {
    const { panel: simulated, treatment: design } = staggered(2, 1);
    const found = callawaySantanna(simulated, design, { seed: 4 });
    expect(callawaySantanna(simulated, design, { seed: 4 })).toEqual(found);
    expect(found.bands.dynamic.critical).toBeGreaterThan(1.6449);
    for (const band of found.bands.dynamic.effects) expect(band.uniformHi).toBeGreaterThan(band.hi);
  });
});

describe.skipIf(!hasGolden)('callawaySantanna against the R package did 2.1.2 (mpdta, no covariates)', () => {
  const { panel: counties, treatment: wages } = hasGolden ? minimumWage() : { panel, treatment };
  const year = (index: number): number => Number(counties.periods[index]);

  it.each([
    ['never', 'nocov_never_dr'],
    ['not_yet', 'nocov_notyet'],
  ] as const)('gives its effects, errors, averages and pre-test with %s controls', (control, key) => {
    const expected = golden('did_mpdta')[key];
    const { groupTime, aggregates, preTest } = callawaySantanna(counties, wages, { control, draws: 50 });
    expect(groupTime.cells).toHaveLength(expected.att_gt.length);
    groupTime.cells.forEach((cell, i) => {
      const { group, time, att, se } = expected.att_gt[i];
      expect([year(cell.group), year(cell.period)]).toEqual([group, time]);
      expect(cell.effect).toBeCloseTo(att, 10);
      expect(cell.standardError).toBeCloseTo(se, 10);
    });
    for (const name of ['simple', 'dynamic', 'calendar', 'group'] as const) {
      expect(aggregates[name].overall.effect).toBeCloseTo(expected[name].overall_att, 10);
      // the package indexes the groups wrongly inside the correction of the weights of this one number (.0124153)
      if (name !== 'group') expect(aggregates[name].overall.standardError).toBeCloseTo(expected[name].overall_se, 10);
      aggregates[name].parts.forEach((part, i) => {
        expect(part.effect).toBeCloseTo(expected[name].att_egt[i], 10);
        expect(part.standardError).toBeCloseTo(expected[name].se_egt[i], 10);
      });
    }
    expect(preTest!.statistic).toBeCloseTo(expected.wald_pretest.W[0][0], 6);
    expect(preTest!.pValue).toBeCloseTo(expected.wald_pretest.p[0][0], 4);
    expect(preTest!.degrees).toBe(5);
  });

  it('gives the group average the error of the formula, .01244606', () => {
    const { overall } = aggregateGroupTime(groupTimeEffects(counties, wages), 'group');
    expect(overall.standardError).toBeCloseTo(0.01244606, 8);
  });

  it('gives the multiplier bootstrap within its Monte Carlo error', () => {
    // bstrap, 1,000 draws: critical value 2.7104 at 5 %; errors scatter by about 4 %
    const expected = golden('did_mpdta').nocov_multiplier_bootstrap;
    const { cells } = groupTimeEffects(counties, wages);
    const [band] = uniformBands([cells.map(({ influence }) => influence)], 0.95, 4000, 1);
    expect(Math.abs(band.critical - expected.crit_val)).toBeLessThan(0.15);
    expected.att_gt.forEach(({ se }: { se: number }, i: number) => {
      expect(Math.abs(band.standardErrors[i] / se - 1)).toBeLessThan(0.12);
    });
  });
});
