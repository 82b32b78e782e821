import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildOrder, buildWhole, createRelation, sqlSettings } from '../../pipeline/build.ts';
import { parseConfig } from '../../pipeline/config.ts';
import { sqlFile, sqlFiles } from '../../pipeline/sql-files.ts';
import { parameterNames } from '../../pipeline/warehouse.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { ingestPlain } from '../sql/plain.ts';
import { ingestRows, MARKET_CONFIG, marketRows } from './market.ts';

const settingsIn = (currency: string): ReturnType<typeof sqlSettings> =>
  sqlSettings(parseConfig(`workspace: a\nreporting: { time_zone: UTC, currency: ${currency} }\n`, 'test'));

describe('settings', () => {
  it('know the smallest unit of the reporting currency', () => {
    expect(['EUR', 'JPY', 'KWD'].map((currency) => settingsIn(currency).minor_unit)).toEqual([0.01, 1, 0.001]);
  });

  it('answer every parameter of every relation and check', () => {
    const known = [...Object.keys(settingsIn('EUR')), 'has_order_links'];
    const unknown = ['staging', 'journey', 'attribution', 'report', 'check'].flatMap((folder) =>
      sqlFiles(folder).flatMap((file) =>
        parameterNames(sqlFile(`${folder}/${file}`)).filter((name) => !known.includes(name)),
      ),
    );
    expect(unknown).toEqual([]);
  });
});

describe('a whole build', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await testWorkspace(MARKET_CONFIG);
    await ingestRows(workspace, marketRows(3), 'a');
    await ingestPlain(workspace, {
      spend_daily: [
        {
          platform: 'meta',
          account_id: '1',
          level: 'campaign',
          entity_id: 'c',
          campaign_name: 'Spring',
          spend_date: '2026-01-10',
          currency: 'EUR',
          spend: '10.00',
        },
        {
          platform: 'meta',
          account_id: '1',
          level: 'ad',
          entity_id: 'a',
          campaign_name: 'Spring',
          spend_date: '2026-01-10',
          currency: 'EUR',
          spend: '10.00',
        },
        {
          platform: 'meta',
          account_id: '1',
          level: 'campaign',
          entity_id: 'd',
          campaign_name: 'Spring',
          spend_date: '2026-01-11',
          currency: 'CHF',
          spend: '5.00',
        },
      ],
    });
    await buildWhole(workspace.warehouse, workspace.config);
  });
  afterAll(() => workspace.close());

  it('makes each relation after what it reads, those that TypeScript makes among them', async () => {
    const steps = await buildOrder(workspace.warehouse);
    const names = steps.map((step) => step.name);
    expect(names).toEqual(
      expect.arrayContaining([
        'staging.person',
        'staging.rate',
        'staging.revenue_event',
        'staging.spend_event',
        'attribution.amount',
      ]),
    );
    expect(new Set(names).size).toBe(names.length);
    for (const [i, { name, reads }] of steps.entries()) {
      for (const read of reads.filter((other) => names.includes(other)))
        expect(names.indexOf(read), `${name} reads ${read}`).toBeLessThan(i);
    }
  });

  it('makes the same rows again', async () => {
    const tables = (await buildOrder(workspace.warehouse)).map((step) => step.name);
    const sums = async (): Promise<unknown[]> => {
      const out: unknown[] = [];
      for (const table of tables)
        out.push([
          table,
          await workspace.warehouse.rows(`select count(*) as rows, bit_xor(hash(this)) as hash from ${table} as this`),
        ]);
      return out;
    };
    const before = await sums();
    await buildWhole(workspace.warehouse, workspace.config);
    expect(await sums()).toEqual(before);
  });

  it('counts spend at one level of the platform, at the rate of its day, and sets the rest aside', async () => {
    expect(await workspace.warehouse.rows('select level, campaign_id, spend_minor from staging.spend_event')).toEqual([
      { level: 'campaign', campaign_id: 'spring', spend_minor: '1000' },
    ]);
    expect(await workspace.warehouse.rows('select currency, spend from staging.unpriced_spend')).toEqual([
      { currency: 'CHF', spend: '5.000000' },
    ]);
  });

  it('names the file of a relation that fails', async () => {
    const broken = {
      name: 'staging.broken',
      sql: 'select nothing from staging.orders where created_at > $rules_version',
      reads: [],
    };
    await expect(createRelation(workspace.warehouse, broken, settingsIn('EUR'))).rejects.toThrow(
      /^sql\/staging\/broken\.sql: /,
    );
  });
});
