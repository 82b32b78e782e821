import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareRule, type RuleModel, type RuleOptions } from '../../../models/attribution/rules.ts';
import { transformPaths } from '../../../models/attribution/transforms.ts';
import type { Paths } from '../../../models/paths.ts';
import { goldenAbsent, readExpected, readPathData } from './golden.ts';
import { MAM_ROWS, named, shortPaths } from './small-paths.ts';

const MODELS: RuleModel[] = ['first_touch', 'last_touch', 'last_non_direct', 'linear', 'position_based'];
const credit = (paths: Paths, model: RuleModel, options?: RuleOptions) => prepareRule(paths, model, options)(paths);
const conversions = (paths: Paths, model: RuleModel, options?: RuleOptions) =>
  named(paths, credit(paths, model, options).conversions);

describe('rule models', () => {
  it('credit one path as worked by hand', () => {
    const paths = shortPaths([['a > b > b > direct', 10, 5, 100]]);
    expect(conversions(paths, 'first_touch')).toEqual({ a: 10, b: 0, direct: 0 });
    expect(conversions(paths, 'last_touch')).toEqual({ a: 0, b: 0, direct: 10 });
    expect(conversions(paths, 'last_non_direct')).toEqual({ a: 0, b: 10, direct: 0 });
    expect(conversions(paths, 'linear')).toEqual({ a: 2.5, b: 5, direct: 2.5 });
    expect(conversions(paths, 'position_based')).toEqual({ a: 4, b: 2, direct: 4 });
    expect([...credit(paths, 'linear').revenue]).toEqual([25, 50, 25]);
  });

  // eeghor/mta tests (MIT): a > a > b with 6 conversions
  it('give a repeated channel both of its touches under linear', () => {
    expect(conversions(shortPaths([['a > a > b', 6]]), 'linear')).toEqual({ a: 4, b: 2 });
  });

  it('pass over every channel of the non-direct set, whatever its case, and fall back to the last touch', () => {
    const paths = shortPaths([
      ['a > Direct > (DIRECT)', 1],
      ['direct > Direct', 1],
      ['a > b > none', 1],
    ]);
    expect(conversions(paths, 'last_non_direct')).toMatchObject({ a: 1, Direct: 1, none: 1 });
    expect(conversions(paths, 'last_non_direct', { direct: ['NONE', 'direct', '(direct)'] })).toMatchObject({
      b: 1,
      none: 0,
    });
  });

  // DP6/Marketing-Attribution-Models tests/test_mam.py
  it('agree with the published example of nine paths', () => {
    const paths = shortPaths(MAM_ROWS);
    const revenue = (model: RuleModel, options?: RuleOptions) => [...credit(paths, model, options).revenue];
    expect(revenue('first_touch')).toEqual([9, 9, 9]);
    expect(revenue('last_touch')).toEqual([15, 6, 6]);
    revenue('linear').forEach((value, i) => {
      expect(value).toBeCloseTo([10.5, 9, 7.5][i], 12);
    });
    revenue('position_based').forEach((value, i) => {
      expect(value).toBeCloseTo([11.1, 8.4, 7.5][i], 12);
    });
    expect(revenue('last_non_direct', { direct: ['A'] })).toEqual([3, 12, 12]);
  });

  it('keep conversions without a touch apart', () => {
    const paths = shortPaths([
      ['', 3, 2, 30],
      ['a', 1, 0, 4],
    ]);
    for (const model of MODELS) {
      const out = credit(paths, model);
      expect(out.unattributed).toEqual({ conversions: 3, revenue: 30 });
      expect([...out.conversions]).toEqual([1]);
    }
  });

  it('conserve conversions and revenue on any paths', () => {
    const row = fc.record({
      path: fc.array(fc.constantFrom('a', 'b', 'c', 'direct'), { maxLength: 6 }).map((p) => p.join('>')),
      c: fc.integer({ min: 0, max: 9 }),
      v: fc.integer({ min: -50, max: 500 }),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), fc.constantFrom(...MODELS), (rows, model) => {
        const paths = shortPaths(rows.map((r) => [r.path, r.c, 1, r.c > 0 ? r.v : 0]));
        const out = credit(paths, model);
        const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
        expect(sum(out.conversions) + out.unattributed.conversions).toBeCloseTo(sum(paths.conversions), 9);
        expect(sum(out.revenue) + out.unattributed.revenue).toBeCloseTo(sum(paths.revenue), 8);
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});

// golden/channelattribution.json: exact.rule_models by direct summation, package = ChannelAttribution 2.2.4
// heuristic_models(Data, "path", "total_conversions", var_value = "total_conversion_value", sep = ">")
describe.skipIf(goldenAbsent)('rule models on PathData (reference data beside the repository)', () => {
  const paths = goldenAbsent ? shortPaths([]) : readPathData();
  const expected = goldenAbsent ? null : readExpected();
  const collapsed = transformPaths(paths, [{ kind: 'exposure' }]);
  const cases: [string, RuleModel, RuleOptions?][] = [
    ['first', 'first_touch'],
    ['last', 'last_touch'],
    ['linear_touch', 'linear'],
    ['u_40_20_40', 'position_based'],
    ['last_non_alpha', 'last_non_direct', { direct: ['alpha'] }],
  ];
  it.each(cases)('%s equals direct summation, raw and collapsed', (key, model, options) => {
    for (const [data, block] of [
      [paths, expected.exact.rule_models.raw_paths[key]],
      [collapsed, expected.exact.rule_models.consecutive_repeats_collapsed[key]],
    ] as const) {
      const out = credit(data, model, options);
      data.channels.forEach((name, i) => {
        expect(Math.abs(out.conversions[i] - block[name].conversions)).toBeLessThan(1e-8);
        expect(Math.abs(out.revenue[i] - block[name].value)).toBeLessThan(1e-8);
      });
    }
  });

  it('agrees with the package ChannelAttribution', () => {
    const result = expected.package.rule_models.result;
    for (const [key, model] of [
      ['first_touch', 'first_touch'],
      ['last_touch', 'last_touch'],
      ['linear_touch', 'linear'],
    ] as const) {
      const out = credit(paths, model);
      paths.channels.forEach((name, i) => {
        expect(Math.abs(out.conversions[i] - result[key][name].conversions)).toBeLessThan(1e-6);
        expect(Math.abs(out.revenue[i] - result[key][name].value)).toBeLessThan(1e-6);
      });
    }
  });
});
