import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestWorkspace, testWorkspace } from '../../../helpers.ts';
import { csvVariants } from '../variants.ts';
import { fixture, hasFixtures, read } from './spend.ts';

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

const CAMPAIGNS = 'linkedin_ads/ad_analytics_by_campaign.csv';

const days = (...rows: string[]) =>
  `campaign_id,day,cost_in_local_currency,cost_in_usd,impressions,clicks,landing_page_clicks,external_website_conversions,external_website_post_click_conversions,external_website_post_view_conversions,conversion_value_in_local_currency
${rows.join('\n')}
`;

describe.skipIf(!hasFixtures)('the published seeds', () => {
  it('holds 530.62 in dollars and 919 clicks, in UTC days', async () => {
    const { receipt, rows, totals } = await read(workspace, fixture(CAMPAIGNS));
    expect(receipt).toMatchObject({ kind: 'linkedin_ads_fivetran', read: 20, accepted: 20, rejected: 0 });
    expect(totals).toMatchObject({ spend: '530.620000', clicks_all: '919' });
    expect((await rows('spend_daily'))[0]).toMatchObject({
      level: 'ad_group',
      entity_id: '148633856',
      campaign_native_id: '148633856',
      spend_date: '2020-04-06',
      date_time_zone: 'UTC',
      currency: 'USD',
    });
  });

  it('holds 530.62 in the local currency when that is declared', async () => {
    const { rows, totals } = await read(workspace, fixture(CAMPAIGNS).replace('.686', '.687'), { currency: 'EUR' });
    expect(totals.spend).toBe('530.620000');
    expect((await rows('spend_daily', 'currency'))[0].currency).toBe('EUR');
  });

  it('reads it the same with columns shuffled, more columns, another byte-order mark or line end', async () => {
    for (const { name, text } of csvVariants(fixture(CAMPAIGNS).replace('.686', '.688'))) {
      const { receipt, totals } = await read(workspace, text);
      expect([name, receipt.kind, totals.spend]).toEqual([name, 'linkedin_ads_fivetran', '530.620000']);
    }
  });

  it('reads creatives once each, their repeats counted as duplicates', async () => {
    const { receipt, rows } = await read(workspace, fixture('linkedin_ads/creative_history.csv'));
    expect(receipt).toMatchObject({ kind: 'linkedin_ads_creatives', read: 100, rejected: 0 });
    expect(receipt.accepted + receipt.duplicate).toBe(100);
    expect((await rows('ad_entity', 'level, entity_id, campaign_native_id'))[0]).toEqual({
      level: 'ad',
      entity_id: '125339904',
      campaign_native_id: '174942134',
    });
  });
});

describe('a table of our own', () => {
  it('rounds the noise of floating point away, tiny negatives too', async () => {
    const { rows } = await read(
      workspace,
      days(
        '1,2026-03-01 00:00:00,50.310000000000002,54.5,10,1,1,0,0,0,0',
        '2,2026-03-01 00:00:00,-1.7763568394002505e-15,-0.0000000000000018,5,0,0,0,0,0,0',
      ),
      { currency: 'EUR' },
    );
    expect(await rows('spend_daily', 'spend')).toEqual([{ spend: '50.310000' }, { spend: '0.000000' }]);
  });

  it('takes a cost left out in one column for zero only when the other says zero', async () => {
    const { receipt, rows } = await read(
      workspace,
      days('1,2026-03-01,0,,10,1,1,0,0,0,', '2,2026-03-01,,,5,0,0,0,0,0,'),
    );
    expect(await rows('spend_daily', 'entity_id, spend, currency')).toEqual([
      { entity_id: '1', spend: '0.000000', currency: 'USD' },
    ]);
    expect(receipt.rejects).toEqual([expect.objectContaining({ line: 3, column: 'spend', reason: 'is missing' })]);
  });

  it('does not add conversions after clicks and after views to their own sum, nor mixes currencies', async () => {
    const row = '1,2026-03-01,10,12,10,1,1,3,2,1,99.5';
    const dollars = await read(workspace, days(row));
    expect(
      await dollars.rows('spend_daily', 'spend, currency, conversions_platform, conversion_value_platform'),
    ).toEqual([{ spend: '12.000000', currency: 'USD', conversions_platform: '3', conversion_value_platform: null }]);
    const euros = await read(workspace, days(row.replace('2026-03-01', '2026-03-02')), { currency: 'EUR' });
    expect(await euros.rows('spend_daily', 'spend, currency, conversion_value_platform')).toEqual([
      { spend: '10.000000', currency: 'EUR', conversion_value_platform: '99.500000' },
    ]);
  });

  it('is of the level of ads when it names creatives, and keeps what their links carry', async () => {
    const ads = await read(
      workspace,
      'creative_id,campaign_id,campaign_group_id,day,cost_in_local_currency,cost_in_usd,impressions,clicks\n9,1,7,2026-03-01,1,1,5,1\n',
    );
    expect(await ads.rows('spend_daily', 'level, entity_id, campaign_native_id')).toEqual([
      { level: 'ad', entity_id: '9', campaign_native_id: '7' },
    ]);
    const creatives = await read(
      workspace,
      'id,campaign_id,click_uri,last_modified_at\n9,1,https://shop.example/?utm_source=linkedin&utm_campaign=spring&x=1,2026-03-01 10:00:00\n',
    );
    expect(await creatives.rows('ad_entity', 'entity_id, landing_query, observed_at')).toEqual([
      {
        entity_id: '9',
        landing_query: 'utm_source=linkedin&utm_campaign=spring',
        observed_at: '2026-03-01T10:00:00.000000Z',
      },
    ]);
  });
});
