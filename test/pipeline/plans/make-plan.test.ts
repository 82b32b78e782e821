import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { geoDesign } from '../../../models/lift/design-geo.ts';
import { placeboReadOut, screeningReadOut } from '../../../models/lift/geo-read-out.ts';
import { buildWhole } from '../../../pipeline/build.ts';
import { addDays } from '../../../pipeline/finance/calendar.ts';
import { doJob } from '../../../pipeline/jobs/do-job.ts';
import { planGeo } from '../../../pipeline/plans/plan-geo.ts';
import { planHistory } from '../../../pipeline/plans/plan-history.ts';
import { type PostingPlanResult, planPosting } from '../../../pipeline/plans/plan-posting.ts';
import { geoPlanSchema, planSchema, postingPlanSchema } from '../../../pipeline/plans/plan-schema.ts';
import { studyYaml } from '../../../pipeline/study-entry.ts';
import { openWorkspace } from '../../../pipeline/workspace.ts';
import type { TestWorkspace } from '../../helpers.ts';
import { ingestPlain, order, together } from '../../sql/plain.ts';
import { planMarket } from './plan-market.ts';

const TODAY = '2026-04-01';

describe('a plan of a geo test', () => {
  it('finds what the design of the models finds on the same history, and writes the study that can be run', async () => {
    const asked = geoPlanSchema.parse({
      design: 'geo',
      durations_days: [14],
      sizes: [1],
      windows: 3,
      target: 0.3,
      id: 'spring',
    });
    const history = planHistory(planMarket(70), {});
    const plan = await planGeo(history, asked, TODAY);
    const reference = geoDesign(history.panel, {
      durations: [14],
      sizes: [1],
      windows: 3,
      target: 0.3,
      level: 0.9,
      power: 0.8,
      cost: {},
      readOut: placeboReadOut({ draws: 199, seed: 1 }),
      screen: screeningReadOut({ draws: 199, seed: 1 }),
    });
    expect(plan.designs.map((one) => [one.treated, one.mde, one.can_answer])).toEqual(
      reference.designs.map((one) => [one.treated, one.mde, one.canAnswer]),
    );
    expect([plan.designs_total, plan.history.geos, plan.history.days]).toEqual([14, 14, 70]);
    expect(plan.randomised.pairs).toHaveLength(7);
    expect(plan.randomised.treated).toHaveLength(7);
    const [study] = plan.studies;
    expect(study).toMatchObject({
      id: 'spring',
      kind: 'geo',
      start: '2026-04-02',
      end: '2026-04-15',
      registered: TODAY,
    });
    expect(studyYaml(study)).toContain('id: spring');
  });
});

describe('a plan of a posting schedule', () => {
  it('says in days when to post and when to hold back, one of each pair of blocks in every region', () => {
    const asked = postingPlanSchema.parse({
      design: 'posting',
      blocks: 4,
      block_days: 7,
      regions: ['geo0', 'geo1'],
      runs: 10,
    });
    const plan = planPosting(planHistory(planMarket(60), {}), asked, TODAY);
    expect(plan.schedule).toHaveLength(8);
    for (const region of ['geo0', 'geo1'])
      for (const pair of [1, 3]) {
        const blocks = plan.schedule.filter(
          (row) => row.region === region && (row.block === pair || row.block === pair + 1),
        );
        expect(blocks.map((row) => row.post).sort()).toEqual([false, true]);
      }
    expect([plan.schedule[0].from, plan.schedule[0].to, plan.schedule[1].from]).toEqual([
      '2026-04-02',
      '2026-04-08',
      '2026-04-09',
    ]);
    expect(plan.studies[0]).toMatchObject({ start: '2026-04-02', end: '2026-04-29', block_days: 7 });
    expect(() => planPosting(planHistory(planMarket(60), {}), { ...asked, regions: ['Paris'] }, TODAY)).toThrow(
      /Paris: not among the places with enough history/,
    );
  });
});

describe('a plan as a job', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'liftproof-plan-'));
    writeFileSync(join(directory, 'liftproof.yaml'), 'workspace: plan\nreporting: { time_zone: UTC, currency: EUR }\n');
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const done = (input: unknown) =>
    doJob({ kind: 'plan', workspace: directory, home: '/nowhere', input: planSchema.parse(input) }, () => undefined);

  it('says how many users a test needs: 2 z^2 sd^2 / delta^2 an arm', async () => {
    const asked = { design: 'users', mean: 10, sd: 20, lift: 0.1, users_per_day: 1000, users: 5000 };
    const plan = (await done(asked)) as { users: number; days: number; given: { mde: number }; studies: unknown[] };
    // z(0.95) + z(0.8) = 1.644854 + 0.841621; 2 x 2.486475^2 x 400 / 1 an arm
    const needed = Math.ceil(4 * 2.486475 ** 2 * 400);
    expect([plan.users, plan.days, plan.studies.length]).toEqual([needed, Math.ceil(needed / 1000), 1]);
    expect(plan.given.mde).toBeCloseTo(0.1 * Math.sqrt(needed / 5000), 4);
  });

  it('plans on the orders of the workspace, and says what is missing before there are any', async () => {
    const asked = { design: 'posting', blocks: 4, block_days: 7, runs: 10, outcome: 'orders' };
    await expect(done(asked)).rejects.toThrow(/nothing was built yet/);
    const workspace = await openWorkspace(directory);
    // three orders a day in each of two countries, fewer on Sundays
    const orders = Array.from({ length: 36 }, (_, t) => t).flatMap((t) =>
      ['FR', 'DE'].flatMap((country) =>
        Array.from({ length: t % 7 === 0 ? 2 : 3 }, (_, i) =>
          order(`${country}${t}-${i}`, `${addDays('2026-01-01', t)}T1${i}:00:00Z`, '20.00', {
            country,
            email: `${country}${t}${i}@example.com`,
          }),
        ),
      ),
    );
    await ingestPlain(workspace as TestWorkspace, together(...orders));
    await buildWhole(workspace.warehouse, workspace.config);
    workspace.close();
    const plan = (await done(asked)) as PostingPlanResult;
    expect(plan.history).toMatchObject({ from: '2026-01-01', to: '2026-02-05', days: 36, geos: 2 });
    expect([plan.regions, plan.schedule.length, plan.found.curve.length]).toEqual([['DE', 'FR'], 8, 7]);
    await expect(done({ ...asked, regions: ['ES'] })).rejects.toThrow(/ES: not among the places/);
    // the warehouse was given back
    (await openWorkspace(directory)).close();
  });

  it('refuses what is no plan', () => {
    const isPlan = (input: unknown): boolean => planSchema.safeParse(input).success;
    expect(isPlan({ design: 'geo', durations_days: [14] })).toBe(true);
    expect(isPlan({ design: 'geo' })).toBe(false);
    expect(isPlan({ design: 'geo', durations_days: [14], duration: 3 })).toBe(false);
    expect(isPlan({ design: 'dance' })).toBe(false);
  });
});
