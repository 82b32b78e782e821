import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqlFile } from '../../../../pipeline/sql-files.ts';
import { type TestWorkspace, testWorkspace } from '../../../helpers.ts';
import { csvVariants } from '../variants.ts';
import { fixture, hasFixtures, type Row, read } from './spend.ts';

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

const hours = (...rows: string[]) => `AD_ID,STAT_TIME_HOUR,SPEND,IMPRESSIONS,CLICKS,CONVERSION,_FIVETRAN_SYNCED
${rows.join('\n')}
`;

describe.skipIf(!hasFixtures)('the published seeds', () => {
  it('holds 2.66 of spend and 69 impressions; cells of - are absent', async () => {
    const { receipt, rows, totals } = await read(workspace, fixture('tiktok_ads/ad_report_hourly.csv'), {
      currency: 'USD',
    });
    expect(receipt).toMatchObject({ kind: 'tiktok_ads_fivetran', read: 4, accepted: 4, rejected: 0 });
    expect(totals).toMatchObject({ spend: '2.660000', impressions: '69', clicks_all: '2' });
    expect((await rows('spend_daily', 'level, spend_date, date_time_zone, breakdown'))[0]).toEqual({
      level: 'ad',
      spend_date: '2021-09-15',
      date_time_zone: 'UTC',
      breakdown: 'hour=2021-09-15T10Z',
    });
  });

  it('reads it the same with columns shuffled, more columns, another byte-order mark or line end', async () => {
    for (const { name, text } of csvVariants(fixture('tiktok_ads/ad_report_hourly.csv').replaceAll('56:34', '56:35'))) {
      const { receipt, totals } = await read(workspace, text, { currency: 'USD' });
      expect([name, receipt.kind, totals.spend]).toEqual([name, 'tiktok_ads_fivetran', '2.660000']);
    }
  });

  it('rejects CAN, which is a country and no currency, until the source declares one', async () => {
    const { receipt, rows } = await read(workspace, fixture('tiktok_ads/advertiser.csv'));
    expect(receipt).toMatchObject({ kind: 'tiktok_ads_advertisers', read: 2, accepted: 1, rejected: 1 });
    expect(receipt.rejects[0]).toMatchObject({ line: 3, column: 'currency' });
    expect(await rows('source_account', 'account_id, name, currency, time_zone')).toEqual([
      { account_id: '1', name: 'US', currency: 'USD', time_zone: 'Etc/GMT+5' },
    ]);
    const declared = await read(workspace, fixture('tiktok_ads/advertiser.csv').replace('hello', 'hallo'), {
      currency: 'CAD',
    });
    expect(await declared.rows('source_account', 'account_id, currency')).toEqual([
      { account_id: '1', currency: 'USD' },
      { account_id: '2', currency: 'CAD' },
    ]);
    expect(JSON.stringify(await declared.rows('source_account'))).not.toMatch(/fake-email|111-222|address/);
  });
});

describe('hours and days', () => {
  it('puts an hour in UTC on the day of the advertiser, Etc/GMT+8 being eight hours behind', async () => {
    const row = '1700000000000000001,2026-03-01 06:00:00,1.00,10,1,0,2026-03-02 00:00:00';
    const { rows } = await read(workspace, hours(row), { currency: 'USD', time_zone: 'Etc/GMT+8' });
    expect(await rows('spend_daily', 'entity_id, spend_date, date_time_zone, breakdown')).toEqual([
      {
        entity_id: '1700000000000000001',
        spend_date: '2026-02-28',
        date_time_zone: 'Etc/GMT+8',
        breakdown: 'hour=2026-03-01T06Z',
      },
    ]);
  });

  it('takes a daily report by its own days', async () => {
    const { receipt, rows } = await read(
      workspace,
      'CAMPAIGN_ID,STAT_TIME_DAY,SPEND,IMPRESSIONS,CLICKS\n5,2026-03-01 00:00:00,2.50,10,1\n',
      { currency: 'USD', time_zone: 'America/New_York' },
    );
    expect(receipt.kind).toBe('tiktok_ads_fivetran');
    expect(await rows('spend_daily', 'level, entity_id, spend_date, date_time_zone, breakdown')).toEqual([
      {
        level: 'campaign',
        entity_id: '5',
        spend_date: '2026-03-01',
        date_time_zone: 'America/New_York',
        breakdown: null,
      },
    ]);
  });

  it('lets a later sync restate the hours it covers and no others', async () => {
    const own = await testWorkspace();
    try {
      const at = (hour: string, spend: string, synced: string) =>
        `1,2026-03-01 ${hour}:00:00,${spend},10,1,0,${synced}`;
      await read(own, hours(at('09', '1.00', '2026-03-01 12:00:00'), at('10', '2.00', '2026-03-01 12:00:00')), {
        currency: 'USD',
      });
      await read(own, hours(at('10', '2.75', '2026-03-02 12:00:00'), at('11', '4.00', '2026-03-02 12:00:00')), {
        currency: 'USD',
      });
      // and an earlier sync that arrives last changes nothing
      await read(own, hours(at('10', '9.99', '2026-03-01 11:00:00')), { currency: 'USD' });
      const [{ spend }] = await own.warehouse.rows<Row>(
        `select sum(spend) as spend from (${sqlFile('staging/spend_daily')})`,
      );
      expect(spend).toBe('7.750000');
    } finally {
      own.close();
    }
  });
});
