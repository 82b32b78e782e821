import { describe, expect, it } from 'vitest';
import { chooseOrder } from '../../../models/attribution/order-choice.ts';
import { random } from '../../../models/numeric/random.ts';
import { type PathRow, type Paths, pathsFromRows } from '../../../models/paths.ts';
import { simulateJourneys } from './simulated-journeys.ts';
import { shortPaths } from './small-paths.ts';

/** Journeys from a chain whose next touch hangs on the last `memory` touches, by weights drawn once for each of them. */
function journeysWithMemory(memory: number, count: number, seed: number): Paths {
  const draw = random(seed, 'journeys');
  const table = new Map<string, number[]>();
  const rows: PathRow[] = [];
  for (let i = 0; i < count; i++) {
    const path: string[] = [];
    for (;;) {
      const context = path.slice(Math.max(0, path.length - memory)).join();
      let weights = table.get(context);
      if (weights === undefined) {
        const stream = random(99, context);
        // three channels, conversion, end
        weights = [stream.exponential(), stream.exponential(), stream.exponential(), 0.2 * stream.exponential(), 0.6];
        table.set(context, weights);
      }
      let u = draw.uniform() * weights.reduce((a, b) => a + b, 0);
      let event = 0;
      while (event < 4 && u >= weights[event]) u -= weights[event++];
      if (path.length === 0 && event > 2) continue;
      if (event < 3) path.push('abc'[event]);
      else {
        rows.push({ path, conversions: event === 3 ? 1 : 0, nonConversions: event === 3 ? 0 : 1 });
        break;
      }
    }
  }
  return pathsFromRows(rows);
}

describe('chooseOrder', () => {
  // by hand: two folds with one journey 'a' that converts in each; events a, conversion, end
  // p_0: two moves seen (a, conversion): (1 + 1/3) / 3 = 4/9 for each; start: (1 + 4/9) / 2 = 13/18, after a the same
  it('backs off as worked by hand', () => {
    const out = chooseOrder(shortPaths([['a', 2]]), { folds: 2, maxOrder: 1 });
    expect(out.scores[0].log_loss).toBeCloseTo(-2 * Math.log(13 / 18), 12);
    expect(out.scores[0].contexts).toBe(2);
  });

  it('finds how much memory journeys have', () => {
    expect(chooseOrder(journeysWithMemory(1, 4000, 1)).order).toBe(1);
    expect(chooseOrder(journeysWithMemory(2, 4000, 2)).order).toBe(2);
    expect(chooseOrder(journeysWithMemory(3, 20_000, 3)).order).toBe(3);
  });

  it('prefers less memory when there are too few journeys to learn more', () => {
    expect(chooseOrder(journeysWithMemory(3, 40, 3)).order).toBeLessThan(3);
  });

  it('reports the loss of every order beside the chosen one', () => {
    const out = chooseOrder(journeysWithMemory(2, 4000, 2), { maxOrder: 3, seed: 8 });
    expect(out.scores.map((s) => s.order)).toEqual([1, 2, 3]);
    expect(out.scores[1]).toMatchObject({ difference: 0, standard_error: 0 });
    expect(out.scores[0].difference).toBeGreaterThan(3 * out.scores[0].standard_error);
    expect(out.scores[0].log_loss).toBeCloseTo(out.scores[1].log_loss + out.scores[0].difference, 12);
    expect(out).toMatchObject({ at_maximum: false, unit: 'journey', folds: 5, seed: 8 });
    expect(chooseOrder(journeysWithMemory(2, 4000, 2), { maxOrder: 2 }).at_maximum).toBe(true);
  });

  it('gives the same answer for rows in another order, aggregated or not', () => {
    const paths = journeysWithMemory(2, 500, 4);
    const rows = Array.from(
      { length: 500 },
      (_, i): PathRow => ({
        path: [...paths.steps.subarray(paths.offsets[i], paths.offsets[i + 1])].map((s) => paths.channels[s]),
        conversions: paths.conversions[i],
        nonConversions: paths.nonConversions[i],
      }),
    );
    const turned = chooseOrder(pathsFromRows(rows.reverse()));
    chooseOrder(paths).scores.forEach((score, k) => {
      expect(turned.scores[k].log_loss).toBeCloseTo(score.log_loss, 10);
    });
  });

  it('holds out persons whole where their keys are given', () => {
    const { paths, personKeys } = simulateJourneys(4, 400, 3);
    const out = chooseOrder(paths, { personKeys, maxOrder: 2 });
    expect(out.unit).toBe('person');
    expect(out.scores[0].log_loss).not.toBe(chooseOrder(paths, { maxOrder: 2 }).scores[0].log_loss);
  });

  it('takes the empty path and a path of 10,000 steps', () => {
    const long = Array.from({ length: 10_000 }, (_, i) => `c${i % 3}`).join('>');
    const out = chooseOrder(
      shortPaths([
        ['', 10, 5],
        [long, 10, 5],
      ]),
      { maxOrder: 2 },
    );
    // half of the journeys end at once, and the end of the long one takes 10,000 guesses
    for (const { log_loss } of out.scores) {
      expect(log_loss).toBeGreaterThan(2 * Math.LN2 - 0.1);
      expect(log_loss).toBeLessThan(8);
    }
  });

  it('refuses what cannot be split', () => {
    expect(() => chooseOrder(shortPaths([['a', 1, 1]]))).toThrow(/fold of 5 has no journey/);
    expect(() => chooseOrder(shortPaths([['a', 9]]), { folds: 1 })).toThrow(/folds is 1/);
    expect(() => chooseOrder(shortPaths([['a', 9]]), { maxOrder: 0 })).toThrow(/max_order is 0/);
    expect(() => chooseOrder(shortPaths([['a', 9]]), { personKeys: new BigUint64Array(3) })).toThrow(
      /3 person keys for 1 rows/,
    );
  });
});
