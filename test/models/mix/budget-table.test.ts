import { beforeAll, describe, expect, test } from 'vitest';
import { type BudgetTable, planFromTable, tabulateBudget } from '../../../models/mix/budget-table.ts';
import { type FittedMix, fitMix, planBudget, simulateMarket } from '../../../models/mix/index.ts';

describe('a budget planned from tabulated curves', () => {
  let fitted: FittedMix;
  let table: BudgetTable;
  beforeAll(() => {
    const market = simulateMarket({ seed: 2, weeks: 80, paid: 3 });
    fitted = fitMix(market.panel, { drivers: market.drivers }, { seed: 1, chains: 2, draws: 150, warmup: 150 });
    table = tabulateBudget(fitted, { weeks: 13 });
  });

  test('is the plan made on the fit itself, to a thousandth', () => {
    const present = table.channels.reduce((sum, { current }) => sum + current, 0);
    const requests = [
      { budget: present },
      { budget: 1.5 * present, channels: { paid1: { upper: 0.4 * present }, paid2: { locked: 0.2 * present } } },
      { budget: present, spend: 'profitable' as const },
      { target: { mroi: 1.2 } },
      { target: { roi: 1.5 } },
    ];
    for (const request of requests) {
      const exact = planBudget(fitted, { weeks: 13, ...request });
      const read = planFromTable(table, request);
      expect(read.outcome.mean / exact.outcome.mean).toBeCloseTo(1, 3);
      expect(read.planned / exact.planned).toBeCloseTo(1, 3);
      expect(read.kkt_residual).toBeLessThan(1e-3);
      expect(read.probability_beats_current).toBeCloseTo(exact.probability_beats_current, 1);
      read.channels.forEach((channel, c) => {
        expect(Math.abs(channel.planned - exact.channels[c].planned)).toBeLessThan(0.01 * exact.planned);
        expect(channel.bound).toBe(exact.channels[c].bound);
      });
    }
  });

  test('refuses what the fit would refuse', () => {
    expect(() => planFromTable(table, { budget: 1e9 })).toThrow(/does not fit/);
    expect(() => planFromTable(table, { budget: 10, channels: { tv: { lower: 1 } } })).toThrow(/tv is no paid channel/);
    expect(() => planFromTable(table, {})).toThrow(/give a budget or a target/);
  });
});
