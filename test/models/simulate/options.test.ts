import { describe, expect, it } from 'vitest';
import { InputError } from '../../../models/errors.ts';
import { madeUpGeos } from '../../../models/simulate/geos.ts';
import { simulateMarket } from '../../../models/simulate/market.ts';
import { dialsOf, type MarketOptions } from '../../../models/simulate/options.ts';

function problemOf(options: Partial<MarketOptions>): InputError {
  try {
    simulateMarket({ seed: 1, persons: 5, days: 10, ...options });
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('dials of a market', () => {
  it('default to a brand of 4,000 persons over the 90 days that end with June 2026', () => {
    const dials = dialsOf({ seed: 1 });
    expect([dials.persons, dials.days, dials.geos.length]).toEqual([4000, 90, 24]);
  });

  it.each([
    [{ confounding: 1.2 }, 'confounding is 1.2; give a number from 0 to 1'],
    [{ persons: 2.5 }, 'persons is 2.5; give a whole number'],
    [{ days: 0 }, 'days is 0; give a number from 1 to 3660'],
    [{ effect: Number.NaN }, 'effect is NaN; give a number from 0 to 20'],
    [{ lastDate: '30.06.2026' }, 'lastDate is 30.06.2026; give an ISO day such as 2026-06-30'],
    [{ geos: [] }, 'geos is empty; give at least one'],
    [{ brand: 'Nord lys' }, 'brand is Nord lys; give one word of letters and digits'],
    [{ geos: [...madeUpGeos(1), ...madeUpGeos(1)] }, 'geos: FR-R001 stands twice; give each geo an id of its own'],
    [{ seed: -1 }, 'seed is -1'],
  ] as [Partial<MarketOptions>, string][])('refuse %o', (options, message) => {
    const problem = problemOf(options);
    expect(problem.code).toBe('bad_parameter');
    expect(problem.message).toContain(message);
  });

  it('name the known channels and campaigns when `without` names none', () => {
    const problem = problemOf({ without: ['instagrm'] });
    expect(problem.code).toBe('unknown_name');
    expect(problem.message).toContain('instagram, facebook');
    expect(problem.message).toContain('sun_care');
  });

  it.each([
    { persons: 1, days: 1 },
    { persons: 3, days: 1, holdoutGeos: 1 },
    { persons: 40, days: 400, geos: madeUpGeos(1) },
    { persons: 40, days: 30, orderRate: 0 },
    { persons: 200, days: 40, orderRate: 0.2, affinity: 2, effect: 20, stockOuts: 40, boycott: 1 },
  ])('live through extreme markets: %o', (options) => {
    const { truth, orders } = simulateMarket({ seed: 1, ...options });
    expect(truth.orders).toBe(orders.filter((order) => !order.basket.isCancelled).length);
    for (const effect of [...truth.channels, ...truth.totals]) {
      expect(effect.incremental_orders).toBeGreaterThanOrEqual(0);
      expect(effect.incremental_orders).toBeLessThanOrEqual(truth.orders);
    }
  });
});
