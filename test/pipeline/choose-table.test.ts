import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseTables } from '../../pipeline/choose-table.ts';
import { dimensionOf, metricOf } from '../../pipeline/metrics.ts';
import { parseQuery, type Query, runQuery } from '../../pipeline/query.ts';
import { partsOf } from '../../pipeline/query-sql.ts';
import { openResults, type Results } from '../../pipeline/results.ts';
import { run } from '../../pipeline/run.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { ingestRows, MARKET_CONFIG, marketRows } from './market.ts';

const SPEND = `spend_date,platform,account_id,level,entity_id,campaign_native_id,campaign_name,spend,currency,impressions,clicks_link
2026-01-10,google,a,campaign,1,1,Brand,10.25,EUR,1000,40
2026-01-20,meta,a,campaign,2,2,Lena,11.35,EUR,2000,41
`;

let workspace: TestWorkspace;
let results: Results;
/** the same run, as one that was published before there were small tables */
let large: Results;

beforeAll(async () => {
  workspace = await testWorkspace(MARKET_CONFIG);
  await ingestRows(workspace, marketRows(5, 40), 'a');
  await workspace.ingestText(SPEND, { as: 'plain_spend_daily', name: 'spend.csv' });
  await run(workspace, { now: new Date('2026-07-01T00:00:00Z'), models: ['last_touch'] });
  results = await openResults(workspace.paths);
  const files = results.manifest.files.filter((file) => !file.name.endsWith('_day.parquet'));
  large = { ...results, manifest: { ...results.manifest, files } };
});
afterAll(() => {
  results?.close();
  workspace.close();
});

function chosen(input: Query, from = results) {
  const query = parseQuery(input);
  const metrics = query.metrics.map((id) => metricOf(id)!);
  return chooseTables(
    query,
    query.dimensions.map((id) => dimensionOf(id)!),
    partsOf(metrics),
    from,
  );
}

const CHANNEL = {
  metrics: ['conversions', 'revenue_net', 'refunds', 'spend', 'clicks', 'impressions', 'roas', 'nroas', 'cpa'],
};

describe('the table that a query is answered from', () => {
  it('is the smallest that tells apart what is asked', () => {
    const small = { attribution: 'attribution_day', spend: 'spend_day', margin: 'margin' };
    expect(chosen({ ...CHANNEL, dimensions: ['channel', 'time:week'] })).toEqual(small);
    expect(chosen({ metrics: ['nroas'], filters: ['not', ['is', 'channel', ['x']]] })).toEqual(small);
    expect(chosen({ metrics: ['conversions'], customer: 'new', dimensions: ['customer_type'] })).toEqual(small);
    const whole = { attribution: 'attribution', spend: 'spend', margin: 'margin' };
    expect(chosen({ ...CHANNEL, dimensions: ['campaign'] })).toEqual(whole);
    expect(
      chosen({
        ...CHANNEL,
        filters: [
          'and',
          [
            ['is', 'channel', ['x']],
            ['or', [['is', 'platform', ['y']]]],
          ],
        ],
      }),
    ).toEqual(whole);
    expect(chosen({ ...CHANNEL, dimensions: ['channel'] }, large)).toEqual(whole);
  });

  it.each<[string, Query]>([
    ['totals', CHANNEL],
    ['by channel', { ...CHANNEL, dimensions: ['channel'] }],
    ['by day', { ...CHANNEL, dimensions: ['time:day'], date_range: ['2026-01-05', '2026-02-20'] }],
    ['by week and channel', { ...CHANNEL, dimensions: ['time:week', 'channel'] }],
    ['by month on the day of the refund', { ...CHANNEL, dimensions: ['time:month'], basis: 'event_date' }],
    [
      'by customer',
      { metrics: ['conversions', 'new_conversions', 'new_revenue_net', 'aov'], dimensions: ['customer_type'] },
    ],
    ['of new customers', { metrics: ['conversions', 'revenue_gross'], customer: 'new', dimensions: ['channel'] }],
    ['under each model', { ...CHANNEL, model: 'last_touch', dimensions: ['channel', 'time:day'] }],
    [
      'with filters',
      {
        ...CHANNEL,
        dimensions: ['channel'],
        filters: [
          'or',
          [
            ['contains', 'channel', ['social']],
            ['gte', 'time:day', ['2026-02-01']],
          ],
        ],
      },
    ],
    [
      'without what nothing reached',
      { ...CHANNEL, dimensions: ['channel'], include: { totals: true, unattributed: false } },
    ],
  ])('gives the same numbers, byte for byte: %s', async (_name, query) => {
    const small = await runQuery(results, query);
    expect(small).toEqual(await runQuery(large, query));
    expect(small.totalRows).toBeGreaterThan(0);
  });
});
