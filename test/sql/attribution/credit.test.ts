import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestWorkspace, testWorkspace } from '../../helpers.ts';
import { buildUnder, ingestPlain, order, together } from '../plain.ts';

/** One order a journey; `ages` are the days of its touches before it, each of another source. */
const JOURNEYS: Readonly<Record<string, readonly number[]>> = {
  one: [1],
  two: [5, 1],
  three: [3, 2, 1],
  four: [9, 3, 2, 1],
  long: [3000, 1500, 1],
};
const AT = Date.parse('2026-03-31T00:00:00Z');

const config = (models: string): string =>
  `workspace: credit\nreporting: { time_zone: UTC, currency: EUR }\nwindows: { click_days: 3650 }\nmodels: ${models}\n`;

describe('rule models in SQL', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await testWorkspace(config('{}'));
    const parts = Object.entries(JOURNEYS).map(([name, ages]) =>
      together(order(name, new Date(AT).toISOString(), '100.00', { customer_key: `${name}@example.com` }), {
        touch: ages.map((age, i) => ({
          touch_id: `${name}-${i}`,
          touched_at: new Date(AT - age * 86_400_000).toISOString(),
          kind: 'click',
          visitor_key: `${name}@example.com`,
          landing_query: `utm_source=site${i}&utm_medium=referral`,
          has_analytics_consent: 'true',
        })),
      }),
    );
    await ingestPlain(workspace, together(...parts));
  });
  afterAll(() => workspace.close());

  async function weights(model: string, name: string): Promise<number[]> {
    const rows = await workspace.warehouse.rows<{ weight: number }>(
      `select ${model} as weight from attribution.credit where conversion_id = 's:${name}' order by step`,
    );
    return rows.map((row) => row.weight);
  }

  describe('with the usual position shares and a half-life of a day', () => {
    beforeAll(() => buildUnder(workspace, config('{ half_life_days: 1 }')));

    // PostHog, posthog/hogql_queries/web_analytics/test/test_attribution_table_query_runner.py: 3, 2 and 1 days, half-life 1 day
    it('time decay of touches 3, 2 and 1 days old is 1/7, 2/7, 4/7', async () => {
      const [a, b, c] = await weights('time_decay', 'three');
      expect(a).toBeCloseTo(1 / 7, 14);
      expect(b).toBeCloseTo(2 / 7, 14);
      expect(c).toBeCloseTo(4 / 7, 14);
    });
    // the same test: U-shape of three
    it('position-based shares of three are .4, .2, .4', async () => {
      expect(await weights('position_based', 'three')).toEqual(
        [0.4, 0.2, 0.4].map((share) => expect.closeTo(share, 15)),
      );
    });
    it('position-based shares of one, two and four', async () => {
      expect(await weights('position_based', 'one')).toEqual([1]);
      expect(await weights('position_based', 'two')).toEqual([0.5, 0.5]);
      expect(await weights('position_based', 'four')).toEqual(
        [0.4, 0.1, 0.1, 0.4].map((share) => expect.closeTo(share, 15)),
      );
    });
    it('first, last and linear', async () => {
      expect(await weights('first_touch', 'four')).toEqual([1, 0, 0, 0]);
      expect(await weights('last_touch', 'four')).toEqual([0, 0, 0, 1]);
      expect(await weights('linear', 'four')).toEqual([0.25, 0.25, 0.25, 0.25]);
      expect(await weights('linear', 'one')).toEqual([1]);
    });
    it('a very long journey does not decay to nothing', async () => {
      const [a, b, c] = await weights('time_decay', 'long');
      expect([a, b, c]).toEqual([0, 0, 1]);
    });
  });

  describe('with uneven position shares', () => {
    beforeAll(() => buildUnder(workspace, config('{ position: { first: 0.3, middle: 0.5, last: 0.2 } }')));

    it('two steps share as first to last', async () => {
      expect(await weights('position_based', 'two')).toEqual([0.6, 0.4].map((share) => expect.closeTo(share, 15)));
    });
    it('the middle is shared by those between', async () => {
      expect(await weights('position_based', 'four')).toEqual(
        [0.3, 0.25, 0.25, 0.2].map((share) => expect.closeTo(share, 15)),
      );
    });
  });

  describe('with position shares that do not sum to one, and none at the ends', () => {
    beforeAll(() => buildUnder(workspace, config('{ position: { first: 0, middle: 0.5, last: 0 } }')));

    it('they are made to: the middle takes all, and two ends share alike', async () => {
      expect(await weights('position_based', 'three')).toEqual([0, 1, 0]);
      expect(await weights('position_based', 'two')).toEqual([0.5, 0.5]);
      expect(await weights('position_based', 'one')).toEqual([1]);
    });
  });
});
