import { describe, expect, it } from 'vitest';
import { type AttributeOptions, attributePaths } from '../../../models/attribution/attribute-paths.ts';
import { ATTRIBUTION_MODELS, attributionModels, PATH_MODELS } from '../../../models/attribution/registry.ts';
import { InputError } from '../../../models/errors.ts';
import type { Paths } from '../../../models/paths.ts';
import { simulateJourneys } from './simulated-journeys.ts';
import { type ShortRow, shortPaths } from './small-paths.ts';

const rows: ShortRow[] = [
  ['email > search > email', 40, 300, 2000],
  ['search', 60, 500, 2400],
  ['social > search', 5, 120, 260],
  ['', 7, 90, 300],
];
const paths = shortPaths(rows);
const attribute = (options: Partial<AttributeOptions> = {}, of: Paths = paths) =>
  attributePaths(of, { model: 'markov', replicates: 0, ...options });

describe('attributePaths', () => {
  it('adds up to the total under every model', () => {
    for (const model of PATH_MODELS) {
      const out = attribute({ model, order: 2 });
      expect(out).toMatchObject({ schema_version: 1, model, total: { conversions: 112, revenue: 4960 } });
      expect(out.unattributed).toEqual({ conversions: 7, revenue: 300 });
      const credited = (key: 'conversions' | 'revenue') => out.channels.reduce((sum, c) => sum + c[key], 0);
      expect(credited('conversions') + 7).toBeCloseTo(112, 9);
      expect(credited('revenue') + 300).toBeCloseTo(4960, 8);
      expect(out.channels.reduce((sum, c) => sum + c.share, 0)).toBeCloseTo(1, 12);
    }
  });

  it('puts every number in an interval that holds it, the same on every call', () => {
    for (const model of PATH_MODELS) {
      const out = attribute({ model, replicates: 60, seed: 5 });
      for (const channel of out.channels) {
        if (channel.conversions === 0) {
          // no journey gives it anything, in no replicate: nothing can be said about the error
          expect(channel.interval).toBeNull();
          continue;
        }
        expect(channel.interval!.lo).toBeLessThanOrEqual(channel.conversions);
        expect(channel.interval!.hi).toBeGreaterThanOrEqual(channel.conversions);
        expect(channel.share_interval!.lo).toBeLessThanOrEqual(channel.share);
        expect(channel.revenue_interval!.hi).toBeGreaterThan(channel.revenue_interval!.lo);
      }
      expect(attribute({ model, replicates: 60, seed: 5 })).toEqual(out);
      expect(attribute({ model, replicates: 60, seed: 6 })).not.toEqual(out);
      expect(out.diagnostics.interval).toMatchObject({ unit: 'journey', replicates: 60, seed: 5, level: 0.9 });
      expect(JSON.stringify(out.diagnostics)).toMatch(/the unit is the journey/);
    }
  });

  it('takes persons as units where their keys are given', () => {
    const { paths: journeys, personKeys } = simulateJourneys(2, 400, 3);
    const out = attributePaths(journeys, { model: 'linear', personKeys });
    expect(out.diagnostics.interval).toMatchObject({ unit: 'person' });
  });

  it('says it is credit and not proof', () => {
    expect(attribute().diagnostics.meaning).toMatch(/credit, not proof/);
  });

  it('flags channels with few conversions', () => {
    const out = attribute({ model: 'linear' });
    expect(out.channels.map((c) => [c.channel, c.few_conversions])).toEqual([
      ['email', false],
      ['search', false],
      ['social', true],
    ]);
    expect(out.diagnostics.few_conversions).toEqual({ minimum: 10, channels: ['social'] });
    expect(attribute({ model: 'linear', minimumConversions: 1 }).channels.some((c) => c.few_conversions)).toBe(false);
  });

  it('turns spend into CPA and ROAS, with intervals, and keeps spend that brought nothing', () => {
    const out = attribute({ model: 'last_touch', replicates: 100, spend: { search: 650, print: 80, social: 0 } });
    const search = out.channels.find((c) => c.channel === 'search')!;
    expect(search.cpa).toBeCloseTo(10, 12);
    expect(search.roas).toBeCloseTo(2660 / 650, 12);
    expect(search.cpa_interval!.lo).toBeCloseTo(650 / search.interval!.hi, 12);
    expect(search.cpa_interval!.hi).toBeCloseTo(650 / search.interval!.lo, 12);
    expect(search.roas_interval!.hi).toBeCloseTo(search.revenue_interval!.hi / 650, 12);
    expect(out.channels.find((c) => c.channel === 'print')).toMatchObject({
      conversions: 0,
      cpa: null,
      roas: 0,
      cpa_interval: null,
    });
    expect(out.channels.find((c) => c.channel === 'social')).toMatchObject({
      cpa: null,
      roas: null,
      roas_interval: null,
    });
    expect(out.channels.find((c) => c.channel === 'email')!.cpa).toBeUndefined();
    expect(() => attribute({ spend: { search: -1 } })).toThrow(/spend of search is -1/);
  });

  it('gives the Markov model its removal effects and the ordered Shapley its positions', () => {
    const markov = attribute({ model: 'markov' });
    expect(markov.channels.every((c) => c.removal_effect! > 0 && c.revenue_removal_effect! > 0)).toBe(true);
    const ordered = attribute({ model: 'shapley_ordered' });
    const shapley = attribute({ model: 'shapley' });
    ordered.channels.forEach((channel, j) => {
      expect(channel.positions!.reduce((a, b) => a + b, 0)).toBeCloseTo(shapley.channels[j].conversions, 10);
      expect(channel.conversions).toBe(shapley.channels[j].conversions);
    });
  });

  it('applies transforms before the model', () => {
    const out = attribute({
      model: 'last_touch',
      transforms: [{ kind: 'remove_if_last_and_not_all', channels: ['email'] }],
    });
    expect(out.channels.map((c) => c.conversions)).toEqual([0, 105, 0]);
  });

  it('says which models need times', () => {
    for (const model of ['time_decay', 'learned_decay'] as const) {
      expect(() => attribute({ model })).toThrow(InputError);
      expect(() => attribute({ model })).toThrow(/needs the time of every touch/);
    }
  });

  it('has an entry for every model id', () => {
    expect(Object.keys(attributionModels)).toEqual([...ATTRIBUTION_MODELS]);
    expect(() => attribute({ model: 'guess' as 'linear' })).toThrow(
      /model guess does not exist; give one of first_touch/,
    );
  });

  it('refuses what has no answer, with a code', () => {
    const code = (of: Paths, options: Partial<AttributeOptions> = {}): string => {
      try {
        attribute(options, of);
      } catch (error) {
        return error instanceof InputError ? error.code : String(error);
      }
      return 'none';
    };
    expect(code(shortPaths([]))).toBe('bad_paths');
    expect(
      code(
        shortPaths([
          ['a', 0, 5],
          ['b', 0, 1],
        ]),
      ),
    ).toBe('bad_paths');
    const paid = shortPaths([
      ['a', 1, 0, 5],
      ['b', 0, 3],
    ]);
    paid.revenue[1] = 5;
    expect(code(paid)).toBe('bad_paths');
    expect(code(paths, { level: 1.5 })).toBe('bad_parameter');
    expect(code(paths, { replicates: 5 })).toBe('bad_parameter');
    expect(code(paths, { model: 'markov', order: 0 })).toBe('bad_parameter');
    expect(code(paths, { model: 'position_based', position: { first: -1, middle: 0, last: 2 } })).toBe('bad_parameter');
  });
});

describe('degenerate paths, under every model', () => {
  const long = Array.from({ length: 10_000 }, (_, i) => `c${i % 7}`).join('>');
  const many: ShortRow[] = Array.from({ length: 500 }, (_, i) => [`c${i} > c${(i * 7) % 500}`, 1, 2, 10]);
  const cases: [string, ShortRow[]][] = [
    [
      'single-touch paths',
      [
        ['a', 3, 4, 6],
        ['b', 1, 9, 2],
      ],
    ],
    [
      'no path without conversion',
      [
        ['a > b', 3, 0, 6],
        ['b', 1, 0, 2],
      ],
    ],
    ['one channel', [['a > a > a', 4, 5, 8]]],
    ['loops', [['a > b > a > b > a', 4, 5, 8]]],
    [
      'zero revenue',
      [
        ['a > b', 4, 5],
        ['b', 2, 7],
      ],
    ],
    [
      'negative revenue',
      [
        ['a > b', 4, 5, -20],
        ['b', 2, 7, 50],
      ],
    ],
    [
      'revenue that sums to zero',
      [
        ['a > b', 4, 5, -20],
        ['b', 2, 7, 20],
      ],
    ],
    [
      'nothing but untouched conversions',
      [
        ['', 4, 5, 8],
        ['a', 0, 3],
      ],
    ],
    [
      'fractional counts',
      [
        ['a > b', 0.25, 0.5, 1],
        ['b', 1.75, 2, 3],
      ],
    ],
    [
      'a path of 10,000 steps',
      [
        [long, 2, 1, 9],
        ['c0', 5, 5, 5],
      ],
    ],
    ['500 channels', many],
  ];
  it.each(cases)('%s have an answer that adds up', (_, of) => {
    const data = shortPaths(of);
    const conversions = data.conversions.reduce((a, b) => a + b, 0);
    const revenue = data.revenue.reduce((a, b) => a + b, 0);
    for (const model of PATH_MODELS) {
      const out = attribute({ model }, data);
      const credited = out.channels.reduce((sum, c) => [sum[0] + c.conversions, sum[1] + c.revenue], [0, 0]);
      expect(credited[0] + out.unattributed.conversions).toBeCloseTo(conversions, 8);
      expect(credited[1] + out.unattributed.revenue).toBeCloseTo(revenue, 6);
    }
  });
});
