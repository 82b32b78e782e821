import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../models/numeric/random.ts';
import { buildIncremental } from '../../pipeline/build-incremental.ts';
import { run } from '../../pipeline/run.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { ingestRows, insertRows, MARKET_CONFIG, marketRows } from './market.ts';

/** 25 in the suite; `LIFTPROOF_CASES=200 npx vitest run test/pipeline/build-incremental.test.ts` is the long study. */
const CASES = Number(process.env.LIFTPROOF_CASES ?? 25);
const NOW = new Date('2026-03-01T00:00:00Z');

describe('incremental build', () => {
  it('publishes the bytes of a whole build, for any order of arrival and any split', async () => {
    await arrivals(CASES, insertRows);
  }, 900_000);

  it('does so through files that are landed and read', async () => {
    await arrivals(2, ingestRows);
  }, 300_000);

  it('makes anew only the conversions of the persons that new rows touch', async () => {
    await inMarket(async (workspace) => {
      expect(await buildIncremental(workspace.warehouse, workspace.config)).toMatchObject({ kind: 'whole' });
      const conversions = await workspace.warehouse.count('select count(*) from staging.conversion');
      const [buyer] = await workspace.warehouse.rows<{ customer_key: string; orders: string }>(
        `select orders.customer_key, count(*) as orders
         from staging.orders as orders
         inner join staging.conversion as conversion on conversion.source_order_id = orders.source_order_id
         inner join staging.person as person on person.person_key = orders.customer_key
         where (select count(*) from staging.person as mate where mate.person_id = person.person_id) = 1
         group by orders.customer_key order by orders.customer_key limit 1`,
      );
      await workspace.warehouse.run(
        `insert into raw.touch (source_id, batch_id, line_no, observed_at, touch_id, touched_at, kind, visitor_key, landing_query, has_analytics_consent)
         values ('x', 'late', 1, '2026-03-01', 'late', '2026-01-01T00:00:01Z', 'page', $key, 'utm_source=ig&utm_medium=social', 'true')`,
        { key: buyer.customer_key },
      );
      await workspace.warehouse.run(
        `insert into raw.batch values ('late', 'x', 'plain_touch', 'late', 1, null, '{}', 1, 1, 0, 0, 0)`,
      );
      const built = await buildIncremental(workspace.warehouse, workspace.config);
      expect(built).toEqual({ kind: 'incremental', conversions: Number(buyer.orders) });
      expect(Number(buyer.orders)).toBeLessThan(conversions);
    });
  });

  it('does nothing when no file came and no setting changed', async () => {
    await inMarket(async (workspace) => {
      await buildIncremental(workspace.warehouse, workspace.config);
      expect(await buildIncremental(workspace.warehouse, workspace.config)).toEqual({ kind: 'none', conversions: 0 });
    });
  });

  it('builds the whole anew when a setting changed, or when a build was killed half-way', async () => {
    await inMarket(async (workspace) => {
      await buildIncremental(workspace.warehouse, workspace.config);
      const shorter = { ...workspace.config, windows: { ...workspace.config.windows, click_days: 3 } };
      expect((await buildIncremental(workspace.warehouse, shorter)).kind).toBe('whole');
      await workspace.warehouse.run(`update staging.built set fingerprint = 'unfinished'`);
      expect((await buildIncremental(workspace.warehouse, shorter)).kind).toBe('whole');
    });
  });
});

async function arrivals(cases: number, put: typeof ingestRows): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 2, max: 3 }), async (seed, parts) => {
      const rows = marketRows(seed, 10);
      const draw = random(seed, 'split');
      const part = rows.map(() => draw.integer(parts));
      const inPart = (i: number): typeof rows => rows.filter((_, row) => part[row] === i);
      const arrival = draw.shuffle(Array.from({ length: parts }, (_, i) => i));
      const whole = await published(async (workspace) => {
        for (let i = 0; i < parts; i++) await put(workspace, inPart(i), `part${i}`);
      });
      const incremental = await published(async (workspace) => {
        for (const i of arrival) {
          await put(workspace, inPart(i), `part${i}`);
          await buildIncremental(workspace.warehouse, workspace.config);
        }
      });
      expect(incremental.steps).toEqual(whole.steps);
      expect(incremental.files).toEqual(whole.files);
      expect(incremental.hash).toBe(whole.hash);
    }),
    { seed: 20261123, numRuns: cases },
  );
}

async function inMarket(work: (workspace: TestWorkspace) => Promise<void>): Promise<void> {
  const workspace = await testWorkspace(MARKET_CONFIG);
  try {
    await ingestRows(workspace, marketRows(5), 'all');
    await work(workspace);
  } finally {
    workspace.close();
  }
}

async function published(
  fill: (workspace: TestWorkspace) => Promise<void>,
): Promise<{ hash: string; files: unknown; steps: unknown }> {
  const workspace = await testWorkspace(MARKET_CONFIG);
  try {
    await fill(workspace);
    const { manifest } = await run(workspace, { now: NOW });
    return {
      hash: manifest.run_hash,
      files: manifest.files.map(({ name, sha256, rows }) => ({ name, sha256, rows })),
      steps: await workspace.warehouse.rows('select * from journey.step order by conversion_id, step'),
    };
  } finally {
    workspace.close();
  }
}
