import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../models/numeric/random.ts';
import { buildIncremental } from '../../pipeline/build-incremental.ts';
import { rebuildFromLanding } from '../../pipeline/doctor.ts';
import { run } from '../../pipeline/run.ts';
import { openWorkspace } from '../../pipeline/workspace.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { ingestRows, insertRows, MARKET_CONFIG, marketRows } from './market.ts';

/** 25 in the suite; `LIFTPROOF_CASES=200 npx vitest run test/pipeline/build-incremental.test.ts` is the long study. */
const CASES = Number(process.env.LIFTPROOF_CASES ?? 25);
const TIMEOUT = Math.max(900_000, CASES * 20_000);
/** Ways that the rows of one market arrive. */
const SPLITS = 5;
const NOW = new Date('2026-03-01T00:00:00Z');

describe('incremental build', () => {
  it(
    'publishes the bytes of a whole build, for any order of arrival and any split',
    async () => {
      const seeds = fc.sample(fc.integer({ min: 1, max: 1_000_000 }), { seed: 20261123, numRuns: CASES / SPLITS });
      for (const seed of seeds) {
        const rows = marketRows(seed, 10);
        const whole = await published((workspace) => insertRows(workspace, rows, 'all'));
        await fc.assert(
          fc.asyncProperty(fc.integer(), fc.integer({ min: 2, max: 3 }), async (splitSeed, parts) => {
            const incremental = await arrived(splitOf(rows, parts, seed, splitSeed));
            expect(incremental.steps).toEqual(whole.steps);
            expect(incremental.tables).toEqual(whole.tables);
          }),
          { seed, numRuns: SPLITS },
        );
      }
    },
    TIMEOUT,
  );

  it('publishes the run of a rebuild from landing', async () => {
    const split = splitOf(marketRows(1, 10), 3, 1);
    const workspace = await testWorkspace(MARKET_CONFIG);
    try {
      for (const i of split.arrival) {
        await ingestRows(workspace, split.partOf(i), `part${i}`);
        await buildIncremental(workspace.warehouse, workspace.config);
      }
      const { manifest } = await run(workspace, { now: NOW });
      workspace.leave();
      expect(await rebuildFromLanding(workspace.directory)).toBe(manifest.inputs.length);
      const rebuilt = await openWorkspace(workspace.directory, { threads: 1 });
      try {
        rmSync(rebuilt.paths.results, { recursive: true });
        const whole = await run(rebuilt, { now: NOW });
        expect(whole.built.kind).toBe('whole');
        expect(whole.manifest).toEqual(manifest);
      } finally {
        rebuilt.close();
      }
    } finally {
      workspace.close();
    }
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

interface Published {
  hash: string;
  /** all but what tells of the files themselves */
  tables: unknown;
  freshness: unknown;
  steps: unknown;
}

type Rows = ReturnType<typeof marketRows>;

/** Rows put apart, and the order in which the parts come. */
function splitOf(rows: Rows, parts: number, ...seed: number[]): { partOf: (i: number) => Rows; arrival: number[] } {
  const draw = random('split', ...seed);
  const part = rows.map(() => draw.integer(parts));
  return {
    partOf: (i) => rows.filter((_, row) => part[row] === i),
    arrival: draw.shuffle(Array.from({ length: parts }, (_, i) => i)),
  };
}

/** Each part is put and built as it comes. */
function arrived(split: ReturnType<typeof splitOf>): Promise<Published> {
  return published(async (workspace) => {
    for (const i of split.arrival) {
      await insertRows(workspace, split.partOf(i), `part${i}`);
      await buildIncremental(workspace.warehouse, workspace.config);
    }
  });
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

async function published(fill: (workspace: TestWorkspace) => Promise<void>): Promise<Published> {
  const workspace = await testWorkspace(MARKET_CONFIG);
  try {
    await fill(workspace);
    const { manifest } = await run(workspace, { now: NOW });
    const files = manifest.files.map(({ name, sha256, rows }) => ({ name, sha256, rows }));
    const isFreshness = (file: { name: string }): boolean => file.name === 'freshness.parquet';
    return {
      hash: manifest.run_hash,
      tables: files.filter((file) => !isFreshness(file)),
      freshness: files.filter(isFreshness),
      steps: await workspace.warehouse.rows('select * from journey.step order by conversion_id, step'),
    };
  } finally {
    workspace.close();
  }
}
