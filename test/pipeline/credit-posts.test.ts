import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RULE_MODELS } from '../../pipeline/config.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { buildUnder, ingestPlain, order, type PlainRows, together } from '../sql/plain.ts';
import { ingestRows, MARKET_CONFIG, marketRows } from './market.ts';

const CONFIG = `workspace: posts
reporting: { time_zone: America/New_York, currency: EUR }
campaigns: [{ id: spring }, { id: quiet }]
campaign_map: [{ campaign: spring, match: post_id, value: p1 }, { campaign: spring, match: post_id, value: p2 }]
engagement: { weights: { reactions: 1, comments: 2, views: 0 }, half_life_days: 1 }
`;

function visit(person: string, at: string, query: string, more: Readonly<Record<string, string>> = {}): PlainRows {
  return {
    touch: [
      {
        touch_id: person,
        touched_at: at,
        kind: 'page',
        visitor_key: `${person}@example.com`,
        landing_query: query,
        has_analytics_consent: 'true',
        ...more,
      },
    ],
  };
}

const buys = (person: string): PlainRows =>
  order(person, '2026-03-20T12:00:00Z', '10.00', { customer_key: `${person}@example.com` });

const counted = (platform: string, post: string, metric: string, value: string, observed: string): PlainRows => ({
  metric_observation: [
    {
      platform,
      entity_type: 'post',
      entity_id: post,
      metric,
      grain: 'lifetime',
      value,
      additivity: 'additive',
      observed_at: observed,
    },
  ],
});

const single = (id: string, kind: string, at: string, more: Readonly<Record<string, string>> = {}): PlainRows => ({
  engagement_event: [
    { platform: 'mastodon', engagement_id: id, post_id: 'p2', kind, occurred_at: at, polarity: '1', ...more },
  ],
});

describe('credit of posts', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await testWorkspace(CONFIG);
    await ingestPlain(
      workspace,
      together(
        {
          post: [
            { platform: 'x', post_id: 'p1', published_at: '2026-03-10T02:00:00Z' },
            { platform: 'mastodon', post_id: 'p2', published_at: '2026-03-10T12:00:00Z' },
          ],
        },
        // lifetime counters: 10 at first (on the day of publication, the 9th in New York), 30 more by the 12th, then 5 taken back
        counted('x', 'p1', 'reactions', '10', '2026-03-11T12:00:00Z'),
        counted('x', 'p1', 'reactions', '40', '2026-03-12T12:00:00Z'),
        counted('x', 'p1', 'reactions', '35', '2026-03-13T12:00:00Z'),
        // no weight, no share
        counted('x', 'p1', 'views', '100000', '2026-03-12T12:00:00Z'),
        // single events count where no counter of their kind is known; a like that was undone and a report do not
        single('1', 'reply', '2026-03-12T12:00:00Z'),
        single('2', 'like', '2026-03-12T13:00:00Z'),
        single('3', 'like', '2026-03-12T14:00:00Z', { retracts_engagement_id: '2' }),
        single('4', 'report', '2026-03-12T14:00:00Z', { polarity: '-1' }),
        buys('named'),
        visit(
          'named',
          '2026-03-14T12:00:00Z',
          'utm_source=x&utm_medium=social&utm_campaign=spring&utm_content=post-p1',
        ),
        buys('campaign'),
        visit('campaign', '2026-03-14T12:00:00Z', 'utm_source=linktr.ee&utm_medium=bio&utm_campaign=spring'),
        buys('onex'),
        visit('onex', '2026-03-13T03:00:00Z', 'utm_source=x&utm_medium=social&utm_campaign=spring'),
        buys('quiet'),
        visit('quiet', '2026-03-14T12:00:00Z', 'utm_source=x&utm_medium=social&utm_campaign=quiet'),
        buys('paid'),
        visit('paid', '2026-03-14T12:00:00Z', 'utm_source=x&utm_medium=cpc&utm_campaign=spring'),
      ),
    );
    await buildUnder(workspace, CONFIG);
  });
  afterAll(() => workspace.close());

  it('engagement stands on its day in the reporting time zone, weighted by kind', async () => {
    expect(
      await workspace.warehouse.rows(
        'select platform, post_id, engagement_kind, engagement_date, weight from journey.engagement order by all',
      ),
    ).toEqual([
      {
        platform: 'mastodon',
        post_id: 'p2',
        engagement_kind: 'comments',
        engagement_date: '2026-03-12',
        weight: '2.000000',
      },
      {
        platform: 'x',
        post_id: 'p1',
        engagement_kind: 'reactions',
        engagement_date: '2026-03-09',
        weight: '10.000000',
      },
      {
        platform: 'x',
        post_id: 'p1',
        engagement_kind: 'reactions',
        engagement_date: '2026-03-12',
        weight: '30.000000',
      },
    ]);
  });

  it('goes to the post that a visit names, is shared by a campaign, stays without a post where nobody engaged, and passes ads by', async () => {
    // 12 March is two days before the 14th: 30/4 and 2/4; 9 March is five: 10/32. Sum 8.3125
    // onex: 13 March 03:00 UTC is the 12th in New York, so only the 9th is before it
    expect(
      await workspace.warehouse.rows(`
        select campaign_id, platform, post_id, engagement_kind, gross_minor from result.post_credit where model = 'linear' order by all`),
    ).toEqual([
      { campaign_id: 'quiet', platform: 'x', post_id: '(no post)', engagement_kind: '(none)', gross_minor: '1000' },
      // 2/4 of 8.3125 is 60.15
      { campaign_id: 'spring', platform: 'mastodon', post_id: 'p2', engagement_kind: 'comments', gross_minor: '60' },
      { campaign_id: 'spring', platform: 'x', post_id: 'p1', engagement_kind: 'link_clicks', gross_minor: '1000' },
      { campaign_id: 'spring', platform: 'x', post_id: 'p1', engagement_kind: 'reactions', gross_minor: '940' },
      { campaign_id: 'spring', platform: 'x', post_id: 'p1', engagement_kind: 'reactions', gross_minor: '1000' },
    ]);
  });
});

describe('the names of posts', () => {
  it('never make two touches of one', async () => {
    const workspace = await testWorkspace(CONFIG);
    try {
      await ingestPlain(
        workspace,
        together(
          { post: ['a', 'post-a'].map((post_id) => ({ platform: 'x', post_id })) },
          buys('named'),
          visit('named', '2026-03-14T12:00:00Z', 'utm_source=x&utm_medium=social&utm_content=post-a'),
        ),
      );
      await buildUnder(workspace, CONFIG);
      expect(await workspace.warehouse.rows('select step, post_id from journey.step')).toEqual([
        { step: '1', post_id: 'post-a' },
      ]);
    } finally {
      workspace.close();
    }
  });
});

describe('credit of posts in a market', () => {
  it('adds up to what the touches earned, per model, campaign and way of matching', async () => {
    const workspace = await testWorkspace(MARKET_CONFIG);
    try {
      await ingestRows(workspace, marketRows(11, 40), 'a');
      await buildUnder(workspace, MARKET_CONFIG);
      const sums = (table: string): Promise<unknown[]> =>
        workspace.warehouse.rows(`
          select model, campaign_id, matched_by, sum(credit) as credit, sum(gross_minor) as gross, sum(net_minor) as net
          from ${table} group by all having sum(credit) <> 0 or sum(gross_minor) <> 0 or sum(net_minor) <> 0 order by all`);
      const earned = await sums('result.post_earned');
      expect(await sums('result.post_credit')).toEqual(earned);
      expect(new Set(earned.map((row) => (row as { model: string }).model))).toEqual(new Set(RULE_MODELS));
      expect(new Set(earned.map((row) => (row as { matched_by: string }).matched_by)).size).toBe(3);
    } finally {
      workspace.close();
    }
  });
});
