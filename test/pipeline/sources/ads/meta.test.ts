import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestWorkspace, testWorkspace } from '../../../helpers.ts';
import { csvVariants } from '../variants.ts';
import { fixture, hasFixtures, read } from './spend.ts';

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

const ADS = `ad_id,date,account_id,impressions,inline_link_clicks,spend,reach,campaign_id,campaign_name
120000000000000017,2026-03-01,act_1,1000,10,12.5,800,55,Spring
120000000000000018,2026-03-01,act_1,500,5,0.1,400,55,Spring
`;

describe.skipIf(!hasFixtures)('the published seeds', () => {
  it('holds 643.63 of spend and 37,275 impressions, by ad and day', async () => {
    const { receipt, rows, totals } = await read(workspace, fixture('meta_ads/basic_ad.csv'), {
      currency: 'USD',
      time_zone: 'America/New_York',
    });
    expect(receipt).toMatchObject({ kind: 'meta_ads_fivetran', read: 10, accepted: 10, rejected: 0 });
    expect(totals).toMatchObject({ spend: '643.630000', impressions: '37275', clicks_link: '149' });
    expect((await rows('spend_daily'))[0]).toMatchObject({
      platform: 'meta',
      level: 'ad',
      account_id: '1700252260223815',
      entity_id: '6215293456071',
      spend_date: '2020-12-10',
      date_time_zone: 'America/New_York',
      currency: 'USD',
    });
  });

  it('reads it the same with columns shuffled, more columns, another byte-order mark or line end', async () => {
    for (const { name, text } of csvVariants(fixture('meta_ads/basic_ad.csv'))) {
      // the workspace has read these bytes already when only the mark is gone
      const { receipt, totals } = await read(workspace, text.replace('6215293456071', '6215293456072'), {
        currency: 'USD',
      });
      expect([name, receipt.kind, totals.spend]).toEqual([name, 'meta_ads_fivetran', '643.630000']);
    }
  });

  it('takes exactly one action type, so that one purchase under two names counts once', async () => {
    const values = fixture('meta_ads/basic_ad_action_values.csv');
    const { receipt, rows } = await read(workspace, values, { currency: 'USD' });
    expect(receipt).toMatchObject({ kind: 'meta_ads_action_values', read: 10, accepted: 10 });
    expect(
      await rows('spend_daily', 'entity_id, breakdown, spend, conversion_value_platform, attribution_setting'),
    ).toEqual([
      {
        entity_id: '6229007992271',
        breakdown: 'action_values',
        spend: '0',
        conversion_value_platform: '29324.840000',
        attribution_setting: 'offsite_conversion.fb_pixel_purchase',
      },
    ]);
  });

  it('counts another action type when the source names one', async () => {
    const { receipt, rows } = await read(workspace, fixture('meta_ads/basic_ad_actions.csv'), {
      currency: 'USD',
      action_type: 'lead',
    });
    expect(receipt.kind).toBe('meta_ads_actions');
    expect(await rows('spend_daily', 'entity_id, spend_date, conversions_platform')).toEqual([
      { entity_id: '6229007992271', spend_date: '2020-12-04', conversions_platform: '2.0' },
      { entity_id: '6317039926871', spend_date: '2020-12-08', conversions_platform: '1.0' },
    ]);
  });

  it('lets the tags that Meta appends win over the link', async () => {
    const { receipt, rows } = await read(workspace, fixture('meta_ads/creative_history_json.csv'));
    expect(receipt).toMatchObject({ kind: 'meta_ads_creatives', read: 20, accepted: 20 });
    const creatives = await rows('ad_entity', 'level, entity_id, landing_query, observed_at');
    expect(creatives[0]).toEqual({
      level: 'creative',
      entity_id: '6191250886871',
      landing_query:
        'utm_source=metadata&utm_medium=video&utm_term=Fivetran%20Remarketing&utm_campaign=fivetran&utm_content=Facebook',
      observed_at: '2020-12-17T14:21:16.436000Z',
    });
  });
});

describe('a table of our own', () => {
  it('keeps ids beyond 2^53 as they are, and campaigns where the table has them', async () => {
    const { rows } = await read(workspace, ADS, { currency: 'EUR' });
    expect(await rows('spend_daily', 'entity_id, campaign_native_id, campaign_name, spend')).toEqual([
      { entity_id: '120000000000000017', campaign_native_id: '55', campaign_name: 'Spring', spend: '12.500000' },
      { entity_id: '120000000000000018', campaign_native_id: '55', campaign_name: 'Spring', spend: '0.100000' },
    ]);
  });

  it('refuses to guess a currency that the file does not say', async () => {
    await expect(workspace.ingestText(`${ADS} `, { source: 'silent' })).rejects.toThrow(/currency.*--currency/);
  });

  it('rejects a spend that is no number, by line, and keeps the rest', async () => {
    const { receipt } = await read(workspace, ADS.replace('12.5', 'twelve'), { currency: 'EUR' });
    expect(receipt).toMatchObject({ read: 2, accepted: 1, rejected: 1 });
    expect(receipt.rejects[0]).toMatchObject({ line: 2, column: 'spend', shape: 'aaaaaa' });
  });

  it('takes the same bytes twice as one', async () => {
    const text = ADS.replace('Spring', 'Twice');
    await read(workspace, text, { currency: 'EUR' });
    expect((await read(workspace, text, { currency: 'EUR' })).receipt.state).toBe('already_loaded');
  });

  it('is of the level of campaigns when it has no ads', async () => {
    const { rows } = await read(
      workspace,
      'campaign_id,date,account_id,impressions,inline_link_clicks,spend\n55,2026-03-01,1,100,1,2\n',
      { currency: 'EUR' },
    );
    expect(await rows('spend_daily', 'level, entity_id')).toEqual([{ level: 'campaign', entity_id: '55' }]);
  });

  it('writes a creative whose tags are a plain query', async () => {
    const { rows } = await read(
      workspace,
      'id,page_link,url_tags\n7,https://shop.example/a,utm_source=fb&utm_content={{ad.id}}\n8,https://shop.example/b,\n',
    );
    expect(await rows('ad_entity', 'entity_id, landing_query')).toEqual([
      { entity_id: '7', landing_query: 'utm_source=fb&utm_content={{ad.id}}' },
      { entity_id: '8', landing_query: null },
    ]);
  });
});
