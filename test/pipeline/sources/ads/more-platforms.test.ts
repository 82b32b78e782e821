import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestWorkspace, testWorkspace } from '../../../helpers.ts';
import { csvVariants } from '../variants.ts';
import { fixture, hasFixtures, read } from './spend.ts';

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

const SEEDS = [
  {
    path: 'snapchat_ads/ad_hourly_report.csv',
    kind: 'snapchat_ads_fivetran',
    rows: 1212,
    spend: '2513.448305',
    options: { currency: 'USD' },
  },
  {
    path: 'pinterest_ads/pin_promotion_report.csv',
    kind: 'pinterest_ads_fivetran',
    rows: 5,
    spend: '1.237500',
    options: {},
  },
  {
    path: 'reddit_ads/ad_report.csv',
    kind: 'reddit_ads_fivetran',
    rows: 100,
    spend: '5035.019678',
    options: { currency: 'USD' },
  },
  {
    path: 'x_ads/promoted_tweet_report.csv',
    kind: 'x_ads_fivetran',
    rows: 100,
    spend: '1390.824997',
    options: { currency: 'USD', time_zone: 'America/Los_Angeles' },
  },
] as const;

describe.skipIf(!hasFixtures)('the published seeds', () => {
  it.each(SEEDS)('$kind comes to $spend', async ({ path, kind, rows, spend, options }) => {
    const { receipt, totals } = await read(workspace, fixture(path), options);
    expect(receipt).toMatchObject({ kind, read: rows, accepted: rows, rejected: 0 });
    expect(totals.spend).toBe(spend);
  });

  it.each(SEEDS)('$kind is read the same in another order of columns, and with more of them', async (seed) => {
    for (const { name, text } of csvVariants(fixture(seed.path)).slice(0, 2)) {
      const { receipt, totals } = await read(workspace, text, seed.options);
      expect([name, receipt.kind, totals.spend]).toEqual([name, seed.kind, seed.spend]);
    }
  });
});

describe('tables of our own', () => {
  it("takes the account's midnight in UTC for its own day, in summer and in winter", async () => {
    const { rows } = await read(
      workspace,
      `account_id,promoted_tweet_id,date,billed_charge_local_micro,impressions,clicks,url_clicks,placement
18ce54,22ytim,2026-07-14 07:00:00,1000000,10,3,1,ALL_ON_TWITTER
18ce54,22ytim,2026-01-14 08:00:00,2000000,10,3,1,PUBLISHER_NETWORK
`,
      { currency: 'USD', time_zone: 'America/Los_Angeles' },
    );
    expect(await rows('spend_daily', 'spend_date, spend, breakdown, clicks_all, clicks_link')).toEqual([
      {
        spend_date: '2026-07-14',
        spend: '1.000000',
        breakdown: 'placement=ALL_ON_TWITTER',
        clicks_all: '3',
        clicks_link: '1',
      },
      {
        spend_date: '2026-01-14',
        spend: '2.000000',
        breakdown: 'placement=PUBLISHER_NETWORK',
        clicks_all: '3',
        clicks_link: '1',
      },
    ]);
    await expect(
      workspace.ingestText('account_id,promoted_tweet_id,date,billed_charge_local_micro\na,b,2026-07-14 07:00:00,1\n', {
        source: 'x',
        options: { currency: 'USD' },
      }),
    ).rejects.toThrow(/does not say its time zone; give --time-zone/);
  });

  it('counts paid impressions and clicks of a pin, not those it earned', async () => {
    const { rows } = await read(
      workspace,
      `date,pin_promotion_id,campaign_id,advertiser_id,impression_1,impression_2,clickthrough_1,clickthrough_2,spend_in_micro_dollar
2026-03-01,1,2,3,100,900,5,50,1500000
`,
    );
    expect(await rows('spend_daily', 'spend, currency, impressions, clicks_all, date_time_zone')).toEqual([
      { spend: '1.500000', currency: 'USD', impressions: '100', clicks_all: '5', date_time_zone: 'UTC' },
    ]);
  });

  it('slices Reddit by region and Snapchat by hour, on the day of a declared zone', async () => {
    const reddit = await read(
      workspace,
      'account_id,ad_id,date,spend,impressions,clicks,ecpm,region\n1,2,2026-03-01,2000000,10,1,0,Bavaria\n',
      { currency: 'EUR' },
    );
    expect(await reddit.rows('spend_daily', 'breakdown, region, spend')).toEqual([
      { breakdown: 'region=Bavaria', region: 'Bavaria', spend: '2.000000' },
    ]);
    const snap = await read(
      workspace,
      'ad_id,date,spend,impressions,swipes\na-1,2026-03-01 23:00:00.000,500000,10,2\n',
      {
        currency: 'EUR',
        time_zone: 'Europe/Paris',
      },
    );
    expect(await snap.rows('spend_daily', 'spend_date, breakdown, clicks_all')).toEqual([
      { spend_date: '2026-03-02', breakdown: 'hour=2026-03-01T23Z', clicks_all: '2' },
    ]);
  });
});
