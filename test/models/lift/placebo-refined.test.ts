import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { block, type DonorFit, rows } from '../../../models/lift/block.ts';
import { excludesZero } from '../../../models/lift/inference.ts';
import { refinedPlacebo, refinedPlaceboTable } from '../../../models/lift/placebo-refined.ts';
import { others, placeboSets } from '../../../models/lift/placebo-sets.ts';
import { syntheticControl, syntheticControlFitter } from '../../../models/lift/synthetic-control.ts';
import { simulatedView } from './simulated-view.ts';

const fit: DonorFit = {
  weights: Float64Array.of(1),
  gap: Float64Array.of(1, -1, 5),
  effect: 5,
  preRmspe: 1,
  converged: true,
};

/** One post-period: effect and RMSPE of each placebo, effect and RMSPE of the treated on its donors. */
const tableOf = (sets: [number, number, number, number][]): Float64Array =>
  Float64Array.from(sets.flatMap(([e, r, own, ownR]) => [e, r, e, own, ownR, own]));

describe('refinedPlacebo', () => {
  it('by hand: three placebos, one of which is as extreme as the treated on its donors', () => {
    const inference = refinedPlacebo(
      fit,
      tableOf([
        [2, 1, 5, 1],
        [-1, 1, 4, 2],
        [6, 1, 5, 1],
      ]),
      1,
      0.6,
    );
    // accepted ranges: [3, 7], [2, 6], [-1, 11]; p(0) = (1 + 1) / 4; h with p >= .4 have at least one range
    expect(inference.pValue).toBe(0.5);
    expect(inference.interval).toEqual({ lo: -1, hi: 11 });
    expect(
      refinedPlacebo(
        fit,
        tableOf([
          [2, 1, 5, 1],
          [-1, 1, 4, 2],
          [6, 1, 5, 1],
        ]),
        1,
        0.4,
      ).interval,
    ).toEqual({ lo: 2, hi: 7 });
    expect(inference.diagnostics).toMatchObject({ p_greater: 0.5, p_floor: 0.25 });
  });

  it('fits the treated on the donors of each set', () => {
    const view = simulatedView({ controls: 8, treated: 2, pre: 16, post: 3, effect: 2, seed: 4 });
    const fitter = syntheticControlFitter(block(view, true));
    const sets = placeboSets(8, 2, 99, 1);
    const table = refinedPlaceboTable(fitter, sets, 8, rows(8, 10), 16);
    const donors = others(8, sets.at(5));
    expect(table[10 * 5 + 0]).toBe(fitter(donors, sets.at(5)).effect);
    // begun from the weights on all donors, so the last digits may differ from those of a search from nothing
    expect(table[10 * 5 + 5]).toBeCloseTo(fitter(donors, rows(8, 10)).effect, 9);
    const parts = [
      ...refinedPlaceboTable(fitter, sets, 8, rows(8, 10), 16, 0, 9),
      ...refinedPlaceboTable(fitter, sets, 8, rows(8, 10), 16, 9),
    ];
    expect(parts).toEqual([...table]);
  });

  it('has p < alpha exactly when the interval excludes 0', () => {
    const value = fc.integer({ min: -20, max: 20 }).map((x) => x / 4);
    const set = fc.tuple(value, fc.constant(1), value, fc.constant(1)) as fc.Arbitrary<
      [number, number, number, number]
    >;
    fc.assert(
      fc.property(
        fc.array(set, { minLength: 1, maxLength: 50 }),
        fc.constantFrom(0.5, 0.8, 0.9, 0.95),
        (sets, level) => {
          const { pValue, interval } = refinedPlacebo(fit, tableOf(sets), 1, level);
          expect(pValue! < 1 - level - 1e-12).toBe(interval === null || excludesZero(interval));
        },
      ),
      { seed: 1, numRuns: 1500 },
    );
  });

  it('rejects a true null at its level', () => {
    let rejected = 0;
    const runs = 200;
    for (let seed = 1; seed <= runs; seed++) {
      const view = simulatedView({ controls: 14, treated: 2, pre: 30, post: 6, effect: 0, seed, rho: 0.6 });
      const table = refinedPlaceboTable(
        syntheticControlFitter(block(view, true)),
        placeboSets(14, 2, 99, 1),
        14,
        rows(14, 16),
        30,
      );
      if (refinedPlacebo(syntheticControl(view), table, 6, 0.9).pValue! < 0.1 - 1e-9) rejected++;
    }
    expect(Math.abs(rejected / runs - 0.1)).toBeLessThan(2.5 * Math.sqrt(0.09 / runs));
  });
});
