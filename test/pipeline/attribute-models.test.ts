import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attributePaths, attributeTimed, sequenceEffects } from '../../models/attribution/index.ts';
import { type Paths, pathsFromRows } from '../../models/paths.ts';
import { attributeModels } from '../../pipeline/attribute-models.ts';
import { buildIncremental } from '../../pipeline/build-incremental.ts';
import type { Config } from '../../pipeline/config.ts';
import { countSequences, journeyChannels, timedJourneys } from '../../pipeline/count-journeys.ts';
import { sqlFile } from '../../pipeline/sql-files.ts';
import { roundedToTotal } from '../../pipeline/write-models.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { ingestRows, marketRows } from './market.ts';

const CONFIG = `workspace: market
reporting: { time_zone: Europe/Paris, currency: EUR }
privacy: { k: 5 }
models: { replicates: 40, minimum_conversions: 3 }
`;

interface CreditRow {
  model: string;
  channel: string;
  conversions: string;
  conversions_lo: string | null;
  conversions_hi: string | null;
  revenue_minor: string;
  removal_effect: string | null;
  few_conversions: boolean;
}

let workspace: TestWorkspace;
let paths: Paths;

beforeAll(async () => {
  workspace = await testWorkspace(CONFIG);
  await ingestRows(workspace, marketRows(11, 150), 'all');
  await buildIncremental(workspace.warehouse, workspace.config);
  paths = await exportedPaths();
});
afterAll(() => workspace.close());

/** The journeys of the workspace as bare paths. */
async function exportedPaths(): Promise<Paths> {
  const names = await workspace.warehouse.rows<{ channel: string; channel_no: number }>('select * from rules.channel');
  const nameOf = new Map(names.map((row) => [Number(row.channel_no), row.channel]));
  const rows = await workspace.warehouse.rows<{ channels: number[]; is_converted: boolean; net_minor: string }>(
    'select channels, is_converted, net_minor from journey.journey order by conversion_id, person_id, journey_no',
  );
  return pathsFromRows(
    rows.map((row) => ({
      path: row.channels.map((channel) => nameOf.get(Number(channel))!),
      conversions: row.is_converted ? 1 : 0,
      nonConversions: row.is_converted ? 0 : 1,
      revenue: Number(row.net_minor) / 100,
    })),
  );
}

async function creditOf(models: Partial<Config['models']>, workers = 0): Promise<CreditRow[]> {
  const config = { ...workspace.config, models: { ...workspace.config.models, ...models } };
  await attributeModels(workspace.warehouse, config, { workers });
  return workspace.warehouse.rows<CreditRow>('select * from result.model_credit order by all');
}

describe('attributeModels', () => {
  it.each([
    ['markov', 1],
    ['markov', 2],
    ['markov', 3],
    ['shapley', undefined],
    ['shapley_ordered', undefined],
    ['shapley_rate', undefined],
  ] as const)('gives %s (order %s) of the same journeys as a bare path file', async (model, order) => {
    const rows = await creditOf({
      run: [model],
      replicates: 0,
      ...(order === undefined ? {} : { markov_order: order }),
    });
    const bare = attributePaths(paths, { model, order, replicates: 0 });
    expect(rows.length).toBeGreaterThan(3);
    const unattributed = rows.find((row) => row.channel === '(unattributed)');
    expect(Number(unattributed?.conversions ?? 0)).toBeCloseTo(bare.unattributed.conversions, 8);
    for (const channel of bare.channels) {
      const row = rows.find((one) => one.channel === channel.channel)!;
      // published with nine decimals, and moved by one at most so that the sum is whole
      expect(Math.abs(Number(row.conversions) - channel.conversions)).toBeLessThan(1.6e-9);
      expect(Math.abs(Number(row.revenue_minor) / 100 - channel.revenue)).toBeLessThan(0.016);
      if (channel.removal_effect !== undefined) {
        expect(Math.abs(Number(row.removal_effect) - channel.removal_effect)).toBeLessThan(1e-9);
      }
    }
  });

  it('gives the rule models of the cent-exact ledger, which are those of the paths', async () => {
    const models = ['first_touch', 'last_touch', 'linear', 'position_based'] as const;
    const rows = await creditOf({ run: [...models], replicates: 0 });
    for (const model of models) {
      const bare = attributePaths(paths, { model, replicates: 0 });
      for (const channel of bare.channels) {
        const row = rows.find((one) => one.channel === channel.channel && one.model === model);
        // frozen credit counts in billionths of a conversion, journey by journey
        expect(Math.abs(Number(row?.conversions ?? 0) - channel.conversions)).toBeLessThan(1e-6);
      }
    }
  });

  it('gives learned decay of the timed journeys', async () => {
    const rows = await creditOf({ run: ['learned_decay'], replicates: 0 });
    const channels = await journeyChannels(workspace.warehouse);
    const { journeys } = await timedJourneys(workspace.warehouse, channels, 30, 1000);
    const bare = attributeTimed(journeys, { model: 'learned_decay', replicates: 0 });
    for (const channel of bare.channels.filter((one) => one.channel !== '(unattributed)')) {
      const row = rows.find((one) => one.channel === channel.channel)!;
      expect(Math.abs(Number(row.conversions) - channel.conversions)).toBeLessThan(1.6e-9);
    }
  });

  it('adds up to all conversions and to the cent, in every model and report', async () => {
    await creditOf({ run: ['linear', 'time_decay', 'markov', 'shapley', 'shapley_rate', 'learned_decay'] });
    expect(await workspace.warehouse.rows(sqlFile('check/model_credit_adds_up'))).toEqual([]);
    await workspace.warehouse.run(
      `update result.model_credit set conversions = conversions + 0.000000001 where model = 'markov' and channel = (select min(channel) from result.model_credit)`,
    );
    expect(await workspace.warehouse.rows(sqlFile('check/model_credit_adds_up'))).toHaveLength(1);
  });

  it('publishes the same rows for any number of workers', async () => {
    const models = { run: ['linear', 'markov', 'shapley_rate', 'learned_decay'] as Config['models']['run'] };
    const alone = await creditOf(models, 0);
    expect(await creditOf(models, 2)).toEqual(alone);
    const wide = alone.filter((row) => row.conversions_lo !== null);
    expect(wide.length).toBeGreaterThan(8);
    for (const row of wide) expect(Number(row.conversions_lo)).toBeLessThanOrEqual(Number(row.conversions_hi));
    for (const row of alone.filter((one) => one.channel !== '(unattributed)')) {
      expect(row.few_conversions).toBe(Number(row.conversions) < 3);
    }
  });

  it('counts sequences of at least k persons as bare paths have them', async () => {
    await creditOf({ run: ['markov'] });
    const rows = await workspace.warehouse.rows<Record<string, string>>(sqlFile('report/sequence_effect'));
    const bare = sequenceEffects(paths, { limit: 500, minimumJourneys: 1, replicates: 0 });
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) {
      const same = bare.sequences.find((one) => one.sequence.join(' > ') === row.sequence)!;
      expect(Number(row.journeys)).toBe(same.journeys);
      expect(Number(row.conversions)).toBe(same.conversions);
      expect(Number(row.rate_with)).toBeCloseTo(same.rate_with, 8);
      expect(Number(row.rate_without)).toBeCloseTo(same.rate_without!, 8);
      expect(Number(row.removal_effect)).toBeCloseTo(same.removal_effect, 8);
    }
    const persons = await workspace.warehouse.rows<{ first: number; second: number; persons: string }>(`
      select pair[1] as first, pair[2] as second, count(distinct person_id) as persons
      from (select person_id, unnest(list_zip(channels[:-2], channels[2:])) as pair from journey.journey where len(channels) > 1)
      group by all`);
    expect(persons.some((pair) => Number(pair.persons) < 5)).toBe(true);
    const channels = await journeyChannels(workspace.warehouse);
    const { pairs } = await countSequences(workspace.warehouse, channels, 5, 500);
    expect(pairs.length).toBe(rows.length);
    for (const [first, second] of pairs) {
      const pair = persons.find(
        (one) => channels.indexOf(Number(one.first)) === first && channels.indexOf(Number(one.second)) === second,
      )!;
      expect(Number(pair.persons)).toBeGreaterThanOrEqual(5);
    }
  });

  it('says in words where models disagree by more than two times', async () => {
    await creditOf({ run: ['first_touch', 'last_touch', 'markov'] });
    const rows = await workspace.warehouse.rows<{
      ratio: string | null;
      disagree: boolean;
      words: string | null;
      conversions_highest: string;
    }>('select * from result.model_agreement');
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) expect(row.words === null).toBe(!row.disagree);
  });

  it('leaves empty tables where nothing converted', async () => {
    const empty = await testWorkspace(CONFIG);
    try {
      await buildIncremental(empty.warehouse, empty.config);
      await attributeModels(empty.warehouse, empty.config);
      expect(await empty.warehouse.count('select count(*) from result.model_credit')).toBe(0);
    } finally {
      empty.close();
    }
  });
});

describe('roundedToTotal', () => {
  it('gives what is left over to the largest remainders', () => {
    expect(roundedToTotal([1.4, 2.6, -0.5, 3.5], 7n)).toEqual([1n, 3n, 0n, 3n]);
    expect(roundedToTotal([0.2, 0.2, 0.6], 1n)).toEqual([0n, 0n, 1n]);
  });

  it('refuses parts that are of another whole', () => {
    expect(() => roundedToTotal([1, 2], 9n)).toThrow(/sum to 3, not to 9/);
  });
});
