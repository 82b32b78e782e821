import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../models/numeric/random.ts';
import { buildIncremental } from '../../pipeline/build-incremental.ts';
import { creditPosts } from '../../pipeline/credit-posts.ts';
import { buildReports } from '../../pipeline/publish.ts';
import { relationsOf } from '../../pipeline/relations.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { ingestRows, MARKET_CONFIG, marketRows } from './market.ts';

const CASES = Number(process.env.LIFTPROOF_CASES ?? 25);

describe('incremental build', () => {
  it('equals a whole build for any order of arrival and any split into files', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 2, max: 4 }), async (seed, parts) => {
        const rows = marketRows(seed);
        const draw = random(seed, 'split');
        const order = draw.shuffle([...rows]);
        const split = order.map(() => draw.integer(parts));
        const whole = await reports(async (workspace) => {
          for (let part = 0; part < parts; part++) await ingestRows(workspace, order.filter((_, i) => split[i] === part), `part${part}`);
          await buildIncremental(workspace.warehouse, workspace.config);
        });
        const incremental = await reports(async (workspace) => {
          for (const part of draw.shuffle(Array.from({ length: parts }, (_, i) => i))) {
            await ingestRows(workspace, order.filter((_, i) => split[i] === part), `part${part}`);
            await buildIncremental(workspace.warehouse, workspace.config);
          }
        });
        expect(incremental).toEqual(whole);
      }),
      { seed: 20261123, numRuns: CASES },
    );
  }, 240_000);
});

/** Every row of every report, in order, as text. */
async function reports(fill: (workspace: TestWorkspace) => Promise<void>): Promise<Record<string, unknown[]>> {
  const workspace = await testWorkspace(MARKET_CONFIG);
  try {
    await fill(workspace);
    await creditPosts(workspace.warehouse, workspace.config);
    await buildReports(workspace.warehouse, workspace.config);
    const out: Record<string, unknown[]> = {};
    for (const { name } of await relationsOf(workspace.warehouse, ['report'])) {
      out[name] = await workspace.warehouse.rows(`select * from ${name} order by all`);
    }
    out['journey.step'] = await workspace.warehouse.rows('select * from journey.step order by all');
    return out;
  } finally {
    workspace.close();
  }
}
