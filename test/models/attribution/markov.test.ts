import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainOf, removalOutcomes } from '../../../models/attribution/absorbing-chain.ts';
import {
  type MarkovOptions,
  prepareMarkov,
  solveMarkov,
  statesWithChannel,
} from '../../../models/attribution/markov.ts';
import { countTransitions } from '../../../models/attribution/transitions.ts';
import { random } from '../../../models/numeric/random.ts';
import type { Paths } from '../../../models/paths.ts';
import { goldenAbsent, readExpected, readPathData } from './golden.ts';
import { referenceMarkov } from './reference-markov.ts';
import { MAM_ROWS, named, type ShortRow, shortPaths } from './small-paths.ts';

const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
const markov = (paths: Paths, options?: MarkovOptions) => prepareMarkov(paths, options)(paths);

/** Journeys drawn from a chain of order 2, aggregated by hand of a seed. */
function randomPaths(seed: number, count: number, channels: number): Paths {
  const { uniform, integer } = random(seed, 'paths');
  const rows: ShortRow[] = [];
  for (let i = 0; i < count; i++) {
    const path: string[] = [];
    do path.push(`c${integer(channels)}`);
    while (uniform() < 0.7);
    const conversions = integer(3);
    rows.push([path.join('>'), conversions, integer(4), conversions * uniform() * 50]);
  }
  return shortPaths(rows);
}

describe('solveMarkov', () => {
  // by hand: each converting walk passes both, so both effects are 1
  it('gives every channel of the only converting path the whole effect', () => {
    const out = markov(
      shortPaths([
        ['a > b', 1, 1, 10],
        ['a', 0, 2],
      ]),
    );
    expect([...out.removalEffects!]).toEqual([1, 1]);
    expect([...out.conversions]).toEqual([0.5, 0.5]);
    expect([...out.revenue]).toEqual([5, 5]);
  });

  it('solves a chain of two channels as worked by hand', () => {
    const paths = shortPaths([
      ['a', 2, 1],
      ['a > b', 1, 1],
      ['b', 1, 1],
    ]);
    // start->a 5/7, start->b 2/7; a->b 2/5, a->conversion 2/5; b->conversion 2/4
    const out = markov(paths);
    const whole = (5 / 7) * (2 / 5 + (2 / 5) * (1 / 2)) + (2 / 7) * (1 / 2);
    expect(whole).toBeCloseTo(4 / 7, 14);
    expect(out.removalEffects![0]).toBeCloseTo(1 - ((2 / 7) * (1 / 2)) / whole, 14);
    expect(out.removalEffects![1]).toBeCloseTo(1 - ((5 / 7) * (2 / 5)) / whole, 14);
    expect(out.diagnostics).toMatchObject({ order: 1, states: 2, transitions: 1 });
  });

  // DP6/Marketing-Attribution-Models (Apache-2.0) tests/test_mam.py
  it('agrees with the published example of nine paths', () => {
    const out = markov(shortPaths(MAM_ROWS));
    [10.643154, 8.514523, 7.842324].forEach((value, i) => {
      expect(out.revenue[i]).toBeCloseTo(value, 6);
    });
  });

  // eeghor/mta tests (MIT): a > b (3 conversions, 1 null), a > c (1, 1)
  it('counts and normalises transitions as published', () => {
    const counts = countTransitions(
      shortPaths([
        ['a > b', 3, 1],
        ['a > c', 1, 1],
      ]),
      1,
    );
    const chain = chainOf(counts);
    expect([...counts.start]).toEqual([6, 0, 0]);
    expect([...chain.probability]).toEqual([4 / 6, 2 / 6]);
    expect([...chain.converts]).toEqual([0, 3 / 4, 1 / 2]);
  });

  it('collapses runs of equal windows at every order, not runs of touches', () => {
    const states = (path: string, order: number): string[] => {
      const { stateOffsets, stateChannels, channels } = countTransitions(shortPaths([[path, 1]]), order);
      return Array.from({ length: stateOffsets.length - 1 }, (_, s) =>
        [...stateChannels.slice(stateOffsets[s], stateOffsets[s + 1])].map((c) => channels[c]).join(' '),
      );
    };
    expect(states('A > A > A', 1)).toEqual(['A']);
    expect(states('A > A > A', 2)).toEqual(['A A']);
    expect(states('A > A > B', 2)).toEqual(['A A', 'A B']);
    expect(states('A > B', 3)).toEqual(['A B']);
  });

  it.each([1, 2, 3, 5])('agrees at order %i with a chain of maps walked to its end', (order) => {
    for (const seed of [1, 2, 3]) {
      const paths = randomPaths(seed, 60, 4);
      const expected = referenceMarkov(paths, order);
      for (const solver of ['inverse', 'sweeps'] as const) {
        const out = markov(paths, { order, solver });
        expect(out.diagnostics.conversion_probability).toBeCloseTo(expected.probability, 12);
        paths.channels.forEach((_, j) => {
          expect(Math.abs(out.removalEffects![j] - expected.effects[j])).toBeLessThan(1e-11);
          expect(Math.abs(out.revenueRemovalEffects![j] - expected.revenueEffects[j])).toBeLessThan(1e-11);
        });
      }
    }
  });

  it('keeps the chance to convert and the mean value of the journeys, at every order', () => {
    const paths = randomPaths(7, 200, 5);
    const journeys = sum(paths.conversions) + sum(paths.nonConversions);
    for (const order of [1, 2, 3, 4, 60]) {
      const chain = chainOf(countTransitions(paths, order));
      for (const solver of ['inverse', 'sweeps'] as const) {
        const none = removalOutcomes(chain, [new Uint32Array(0)], solver);
        expect(Math.abs(none.conversion[0] - sum(paths.conversions) / journeys)).toBeLessThan(1e-13);
        expect(Math.abs(none.revenue[0] - sum(paths.revenue) / journeys)).toBeLessThan(1e-11);
      }
    }
  });

  it('becomes the observed share of touched conversions once a state holds the whole path', () => {
    const paths = randomPaths(8, 150, 5);
    const out = markov(paths, { order: 80 });
    const total = sum(paths.conversions);
    paths.channels.forEach((_, j) => {
      let touched = 0;
      for (let i = 0; i < paths.conversions.length; i++) {
        if (paths.steps.subarray(paths.offsets[i], paths.offsets[i + 1]).includes(j)) touched += paths.conversions[i];
      }
      expect(Math.abs(out.removalEffects![j] - touched / total)).toBeLessThan(1e-13);
    });
  });

  it('does not depend on the order of rows or on how counts are split over them', () => {
    const rows: ShortRow[] = [
      ['a > b', 4, 2, 8],
      ['b > a > c', 2, 6, 3],
      ['c', 1, 1, 1],
    ];
    const split: ShortRow[] = [
      ['c', 1, 0, 1],
      ['a > b', 1, 2, 2],
      ['b > a > c', 2, 6, 3],
      ['a > b', 3, 0, 6],
      ['c', 0, 1],
    ];
    fc.assert(
      fc.property(
        fc.shuffledSubarray(split, { minLength: split.length }),
        fc.integer({ min: 1, max: 4 }),
        (shuffled, order) => {
          const left = markov(shortPaths(rows), { order });
          const right = markov(shortPaths(shuffled), { order });
          left.conversions.forEach((value, j) => {
            expect(right.conversions[j]).toBeCloseTo(value, 12);
            expect(right.revenue[j]).toBeCloseTo(left.revenue[j], 12);
          });
        },
      ),
      { seed: 1, numRuns: 40 },
    );
  });

  it('solves counts that were made elsewhere, with states in any order', () => {
    const counts = countTransitions(randomPaths(9, 80, 4), 2);
    const states = counts.start.length;
    const flip = (values: Float64Array) => Float64Array.from(values).reverse();
    const windows = Array.from({ length: states }, (_, s) => [
      ...counts.stateChannels.slice(counts.stateOffsets[s], counts.stateOffsets[s + 1]),
    ]).reverse();
    const stateOffsets = new Uint32Array(states + 1);
    windows.forEach((window, s) => {
      stateOffsets[s + 1] = stateOffsets[s] + window.length;
    });
    const flipped = solveMarkov({
      ...counts,
      stateOffsets,
      stateChannels: Uint32Array.from(windows.flat()),
      start: flip(counts.start),
      conversions: flip(counts.conversions),
      nonConversions: flip(counts.nonConversions),
      revenue: flip(counts.revenue),
      from: counts.from.map((s) => states - 1 - s),
      to: counts.to.map((s) => states - 1 - s),
    });
    const straight = solveMarkov(counts);
    straight.conversions.forEach((value, j) => {
      expect(flipped.conversions[j]).toBeCloseTo(value, 11);
    });
  });

  it('refuses counts with a loop that no journey leaves', () => {
    const counts = countTransitions(shortPaths([['a > b > a > c', 1, 1]]), 1);
    expect(() =>
      solveMarkov({ ...counts, weight: counts.weight.map((w, e) => (counts.channels[counts.to[e]] === 'c' ? 0 : w)) }),
    ).toThrow(/loop that no journey leaves/);
  });

  it('refuses an order that is no whole number from 1 on', () => {
    for (const order of [0, -1, 1.5, Number.NaN])
      expect(() => markov(shortPaths([['a', 1]]), { order })).toThrow(/order is/);
  });

  it('has an answer for every degenerate set of paths', () => {
    expect(
      named(
        shortPaths([
          ['a', 3],
          ['b', 1],
        ]),
        markov(
          shortPaths([
            ['a', 3],
            ['b', 1],
          ]),
        ).conversions,
      ),
    ).toEqual({ a: 3, b: 1 });
    // one channel
    expect([...markov(shortPaths([['a > a', 3, 5, 6]])).conversions]).toEqual([3]);
    // no revenue: zero, not NaN
    expect([...markov(shortPaths([['a > b', 3, 5]])).revenue]).toEqual([0, 0]);
    // a channel seen only on journeys that do not convert
    expect(
      named(
        shortPaths([
          ['a', 1, 1],
          ['b', 0, 4],
        ]),
        markov(
          shortPaths([
            ['a', 1, 1],
            ['b', 0, 4],
          ]),
        ).removalEffects!,
      ),
    ).toEqual({ a: 1, b: 0 });
    // a loop stays a loop: half of the visits to a end there, so half of the converting walks never reach b
    expect([...markov(shortPaths([['a > b > a', 2, 1]])).removalEffects!]).toEqual([1, 0.5]);
    // untouched journeys stay outside the chain
    const untouched = markov(
      shortPaths([
        ['', 2, 7, 9],
        ['a', 1, 1, 4],
      ]),
    );
    expect(untouched.unattributed).toEqual({ conversions: 2, revenue: 9 });
    expect([...untouched.revenue]).toEqual([4]);
    expect(untouched.diagnostics.conversion_probability).toBe(0.5);
    // rows without any journey add nothing
    expect(
      markov(
        shortPaths([
          ['a', 1, 1],
          ['b > c', 0, 0],
        ]),
      ).diagnostics.conversion_probability,
    ).toBe(0.5);
  });

  it('walks a path of 10,000 steps, whatever the order', () => {
    const path = Array.from({ length: 10_000 }, (_, i) => ['a', 'b', 'b', 'c'][i % 4]).join('>');
    const paths = shortPaths([
      [path, 1, 0, 5],
      ['a', 1, 3],
    ]);
    for (const order of [1, 2, 3, 4, 9_999, 20_000]) {
      const out = markov(paths, { order });
      expect(out.removalEffects![0]).toBeCloseTo(1, 9);
      expect(sum(out.conversions)).toBeCloseTo(2, 9);
    }
  });

  it('solves 500 channels at orders 1 and 2', () => {
    const paths = randomPaths(11, 3000, 500);
    const first = markov(paths);
    expect(first.diagnostics.states).toBe(500);
    expect(sum(first.conversions)).toBeCloseTo(sum(paths.conversions), 7);
    const second = markov(paths, { order: 2 });
    expect(second.diagnostics.solver).toBe('sweeps');
    expect(sum(second.conversions)).toBeCloseTo(sum(paths.conversions), 7);
  });
});

describe.skipIf(goldenAbsent)('Markov on PathData (reference data beside the repository)', () => {
  const paths = goldenAbsent ? shortPaths([]) : readPathData();
  const expected = goldenAbsent ? null : readExpected();
  const journeys = 19_785 + 68_602;

  // golden exact.markov: power iteration and a dense solve that agree to 1e-10
  it.each([1, 2])('equals the exact solution of order %i', (order) => {
    const block = expected.exact.markov.find(
      (b: { order: number; null_used: boolean }) => b.order === order && b.null_used,
    );
    for (const solver of ['inverse', 'sweeps'] as const) {
      const out = markov(paths, { order, solver });
      expect(out.diagnostics).toMatchObject({ states: block.states });
      paths.channels.forEach((name, j) => {
        expect(Math.abs(out.conversions[j] / block.conversions[name] - 1)).toBeLessThan(1e-9);
        if (block.removal_effects)
          expect(Math.abs(out.removalEffects![j] / block.removal_effects[name] - 1)).toBeLessThan(1e-9);
      });
    }
  });

  it('equals the exact solution when every journey converts', () => {
    const block = expected.exact.markov.find((b: { null_used: boolean }) => !b.null_used);
    const out = markov({ ...paths, nonConversions: new Float64Array(paths.conversions.length) });
    paths.channels.forEach((name, j) => {
      expect(Math.abs(out.conversions[j] / block.conversions[name] - 1)).toBeLessThan(1e-9);
    });
  });

  // ChannelAttribution 2.2.4 markov_model, 50 seeds; that package simulates, so its spread is the tolerance
  it.each([1, 2])('lies within four standard deviations of the simulating package at order %i', (order) => {
    const spread = expected.package.default_seed_spread.find((b: { order: number }) => b.order === order).conversions;
    const out = markov(paths, { order });
    paths.channels.forEach((name, j) => {
      expect(Math.abs(out.conversions[j] - spread[name].mean)).toBeLessThan(4 * spread[name].sd);
    });
  });

  it('lies within one percent of ten million simulated walks for channels above 1,000 conversions', () => {
    const tight = expected.package.markov.filter((b: { config: string }) => b.config === 'tight');
    expect(tight.length).toBeGreaterThan(0);
    for (const block of tight) {
      const out = markov(paths, { order: block.order });
      paths.channels.forEach((name, j) => {
        if (out.conversions[j] > 1000)
          expect(Math.abs(block.conversions[name] / out.conversions[j] - 1)).toBeLessThan(0.01);
      });
    }
  });

  it('has the identities of every order: probability, mean value, sum of effects', () => {
    const identities = expected.exact.identities;
    for (const order of [1, 2, 3]) {
      const counts = countTransitions(paths, order);
      const chain = chainOf(counts);
      const none = removalOutcomes(chain, [new Uint32Array(0)], 'sweeps');
      expect(Math.abs(none.conversion[0] - identities.p_conversion_any_order)).toBeLessThan(1e-13);
      expect(Math.abs(none.revenue[0] - identities.mean_value_per_journey)).toBeLessThan(1e-12);
    }
    expect(
      Math.abs(sum(markov(paths, { order: 1 }).removalEffects!) - identities.sum_of_removal_effects.order_1),
    ).toBeLessThan(1e-6);
    expect(
      Math.abs(sum(markov(paths, { order: 2 }).removalEffects!) - identities.sum_of_removal_effects.order_2),
    ).toBeLessThan(1e-6);
    expect(countTransitions(paths, 1).start.length).toBe(12);
    expect(countTransitions(paths, 2).start.length).toBe(120);
    expect(sum(countTransitions(paths, 1).start)).toBe(journeys);
  });

  it('reaches the observed any-touch share at the length of the longest path', () => {
    const out = markov(paths, { order: 89 });
    expect(Math.abs(sum(out.removalEffects!) - 1.82699)).toBeLessThan(1e-6);
    expect(statesWithChannel(countTransitions(paths, 89)).length).toBe(12);
  });

  // ChannelAttribution 2.2.4 transition_matrix(..., order = 1, flg_equal = FALSE)
  it('has the transition matrix of the package', () => {
    const counts = countTransitions(paths, 1);
    const chain = chainOf(counts);
    const got = new Map<string, number>();
    const name = (s: number): string => paths.channels[counts.stateChannels[s]];
    for (let s = 0; s < chain.states; s++) {
      got.set(`(start)>${name(s)}`, chain.start[s]);
      got.set(`${name(s)}>(conversion)`, chain.converts[s]);
      for (let e = chain.edges[s]; e < chain.edges[s + 1]; e++)
        got.set(`${name(s)}>${name(chain.to[e])}`, chain.probability[e]);
    }
    let compared = 0;
    for (const [from, to, p] of expected.package.transition_matrix_order1.self_loops_collapsed.rows) {
      const value = got.get(`${from}>${to}`);
      if (value === undefined) {
        expect(to).toBe('(null)');
        continue;
      }
      compared++;
      expect(Math.abs(value - p)).toBeLessThan(1e-12);
    }
    expect(compared).toBeGreaterThan(100);
  });
});
