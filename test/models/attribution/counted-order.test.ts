import { describe, expect, it } from 'vitest';
import { chooseCountedOrder } from '../../../models/attribution/counted-order.ts';
import { chooseOrder } from '../../../models/attribution/order-choice.ts';
import { keyOfText } from '../../../models/attribution/poisson-weights.ts';
import { mix32 } from '../../../models/attribution/window-table.ts';
import { simulateJourneys } from './simulated-journeys.ts';

const FOLDS = 5;
const SEED = 3;

/** The fold that `chooseOrder` deals a person to. */
function foldOf(key: bigint): number {
  const salt = keyOfText(`${SEED}|folds`).low;
  return (mix32(Number(key & 0xffffffffn) ^ mix32(Number(key >> 32n) ^ salt)) >>> 0) % FOLDS;
}

describe('chooseCountedOrder', () => {
  it('scores the orders as chooseOrder does on the same folds', () => {
    const { paths, personKeys } = simulateJourneys('order', 700, 2);
    const channels = paths.channels.length;
    const rows: number[][] = [];
    for (let i = 0; i < paths.conversions.length; i++) {
      const digits = [...paths.steps.subarray(paths.offsets[i], paths.offsets[i + 1])].map((channel) => channel + 1);
      const events = [...digits, paths.conversions[i] > 0 ? channels + 1 : channels + 2];
      events.forEach((event, s) => {
        rows.push([foldOf(personKeys[i]), event, digits[s - 1] ?? 0, digits[s - 2] ?? 0, digits[s - 3] ?? 0]);
      });
    }
    const column = (at: number): Float64Array => Float64Array.from(rows, (row) => row[at]);
    const moves = {
      fold: column(0),
      event: column(1),
      before: [column(2), column(3), column(4)],
      journeys: new Float64Array(rows.length).fill(1),
    };
    const choice = chooseCountedOrder(moves, channels, FOLDS, SEED);
    const bare = chooseOrder(paths, { maxOrder: 3, folds: FOLDS, seed: SEED, personKeys });
    expect(choice.order).toBe(bare.order);
    choice.scores.forEach((score, k) => {
      expect(score.log_loss).toBeCloseTo(bare.scores[k].log_loss, 10);
      expect(score.standard_error).toBeCloseTo(bare.scores[k].standard_error, 10);
    });
  });

  it('refuses a fold without a journey', () => {
    const moves = {
      fold: Float64Array.of(0),
      event: Float64Array.of(2),
      before: [Float64Array.of(0)],
      journeys: Float64Array.of(1),
    };
    expect(() => chooseCountedOrder(moves, 1, 2, 1)).toThrow(/a fold of 2 has no journey/);
  });
});
