import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestWorkspace, testWorkspace } from '../../../helpers.ts';
import { csvVariants } from '../variants.ts';
import { fixture, hasFixtures, read } from './spend.ts';

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

const STATS = 'google_ads/campaign_stats.csv';

describe.skipIf(!hasFixtures)('the published seeds', () => {
  it('holds 231.33 of spend and 280 clicks, in slices of device and network', async () => {
    const { receipt, rows, totals } = await read(workspace, fixture(STATS), {
      currency: 'USD',
      time_zone: 'America/Los_Angeles',
    });
    expect(receipt).toMatchObject({ kind: 'google_ads_fivetran', read: 16, accepted: 16, rejected: 0 });
    expect(totals).toMatchObject({ spend: '231.330000', clicks_all: '280' });
    expect((await rows('spend_daily'))[0]).toMatchObject({
      platform: 'google',
      level: 'campaign',
      account_id: '2121450128',
      entity_id: '9935249409',
      campaign_native_id: '9935249409',
      spend_date: '2021-02-01',
      date_time_zone: 'America/Los_Angeles',
      breakdown: 'device=MOBILE;network=SEARCH',
      spend: '36.150000',
    });
  });

  it('reads it the same with columns shuffled, more columns, another byte-order mark or line end', async () => {
    for (const { name, text } of csvVariants(fixture(STATS).replace('#ERROR!', '#error'))) {
      const { receipt, totals } = await read(workspace, text, { currency: 'USD' });
      expect([name, receipt.kind, totals.spend]).toEqual([name, 'google_ads_fivetran', '231.330000']);
    }
  });

  it('reads the account with its currency and an hour without a leading zero', async () => {
    const { receipt, rows } = await read(workspace, fixture('google_ads/account_history.csv'));
    expect(receipt).toMatchObject({ kind: 'google_ads_accounts', accepted: 1 });
    // the seed's cells have slipped: its zone stands under test_account, so by header there is none
    expect(await rows('source_account', 'account_id, currency, time_zone, observed_at')).toEqual([
      { account_id: '2121450128', currency: 'USD', time_zone: null, observed_at: '2022-02-01T02:20:51.000000Z' },
    ]);
  });
});

describe('a table of our own', () => {
  it('adds devices up to the day, and keeps fractions of conversions', async () => {
    const { rows, totals } = await read(
      workspace,
      `customer_id,date,id,cost_micros,impressions,clicks,conversions,conversions_value,device,ad_network_type
1,2026-03-01,5,1234567,100,4,0.333333,12.5,MOBILE,SEARCH
1,2026-03-01,5,1,50,1,0.5,0,DESKTOP,SEARCH
`,
      { currency: 'EUR' },
    );
    expect(totals).toMatchObject({ spend: '1.234568', impressions: '150' });
    expect(await rows('spend_daily', 'breakdown, conversions_platform')).toEqual([
      { breakdown: 'device=MOBILE;network=SEARCH', conversions_platform: '0.333333' },
      { breakdown: 'device=DESKTOP;network=SEARCH', conversions_platform: '0.500000' },
    ]);
  });

  it('knows ads, ad groups and accounts by what the table names', async () => {
    const level = async (header: string, cells: string) =>
      (
        await (
          await read(
            workspace,
            `customer_id,date,cost_micros,clicks,impressions,${header}\n1,2026-03-01,1000000,1,1,${cells}\n`,
            {
              currency: 'EUR',
            },
          )
        ).rows('spend_daily', 'level, entity_id, campaign_native_id')
      )[0];
    expect(await level('ad_id,ad_group_id,campaign_id', '9,8,7')).toEqual({
      level: 'ad',
      entity_id: '9',
      campaign_native_id: '7',
    });
    expect(await level('id,campaign_id', '8,7')).toEqual({
      level: 'ad_group',
      entity_id: '8',
      campaign_native_id: '7',
    });
    expect(await level('conversions', '0')).toEqual({ level: 'account', entity_id: '1', campaign_native_id: null });
  });

  it('rejects a cost that is no whole number of micros', async () => {
    const { receipt } = await read(
      workspace,
      'customer_id,date,id,cost_micros,impressions,clicks\n1,2026-03-01,5,1e,1,1\n1,2026-03-02,5,10,1,1\n',
      { currency: 'EUR' },
    );
    expect(receipt.rejects).toEqual([expect.objectContaining({ line: 2, column: 'spend' })]);
  });
});
