import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWhole } from '../../pipeline/build.ts';
import { parseConfig } from '../../pipeline/config.ts';
import { makeMixRelations } from '../../pipeline/fit-mix.ts';
import { readMixPanel } from '../../pipeline/mix-panel.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { ingestRows } from './mix-market.ts';

const HEAD = 'workspace: acme\nreporting: { time_zone: UTC, currency: EUR }\nprivacy: { k: 5 }\n';
const monday = (week: number): string => new Date(Date.UTC(2026, 0, 5 + 7 * week)).toISOString().slice(0, 10);
const exported = `${monday(10)}T06:00:00Z`;
const weeks = (n: number): number[] => Array.from({ length: n }, (_, week) => week);

describe('drivers without a declaration', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await testWorkspace(HEAD);
    const base = (week: number) => ({ shop_id: 's', source_order_id: `${week}`, currency: 'EUR' });
    const metric = (platform: string, entity_type: string, name: string, week: number, value: string) => ({
      ...{
        platform,
        entity_type,
        entity_id: entity_type === 'post' ? `${platform}${week}` : platform,
        metric: name,
        grain: 'day',
      },
      ...{ from_date: monday(week), to_date: monday(week), value, additivity: 'additive' },
    });
    const streams = {
      orders: weeks(10).map((week) => ({
        ...base(week),
        system: 'plain',
        created_at: `${monday(week)}T10:00:00Z`,
        total: '10.00',
      })),
      money_event: weeks(10).map((week) => ({
        ...{
          ...base(week),
          money_event_id: `${week}`,
          kind: 'sale',
          occurred_at: `${monday(week)}T10:00:00Z`,
          amount: '10.00',
        },
      })),
      spend_daily: [
        ...weeks(9).map((week) => ['meta', week] as const),
        ...weeks(3).map((week) => ['google', week] as const),
      ].map(([platform, week]) => ({
        ...{
          platform,
          account_id: 'a',
          level: 'campaign',
          entity_id: 'c',
          campaign_name: 'c',
          spend_date: monday(week),
        },
        ...{ currency: 'EUR', spend: `${week + 1}.00` },
      })),
      post: weeks(9).map((week) => ({
        ...{ platform: 'instagram', post_id: `instagram${week}`, published_at: `${monday(week)}T09:00:00Z` },
      })),
      metric_observation: weeks(9).flatMap((week) => [
        metric('instagram', 'post', 'comments', week, '2'),
        metric('instagram', 'post', 'reactions', week, `${week}`),
        metric('facebook', 'account', 'reactions', week, '7'),
        metric('facebook', 'account', 'unfollows', week, week < 4 ? '1' : '0'),
      ]),
      engagement_event: weeks(4).map((week) => ({
        ...{
          platform: 'x',
          engagement_id: `${week}`,
          kind: 'reply',
          polarity: '-1',
          occurred_at: `${monday(week)}T12:00:00Z`,
        },
      })),
    };
    for (const [stream, rows] of Object.entries(streams)) await ingestRows(workspace, stream, rows, exported);
    await buildWhole(workspace.warehouse, parseConfig(HEAD, 'test'));
  });
  afterAll(() => workspace.close());

  it('are spend and engagement by platform and all negative engagement, and what is too little is left out and told', async () => {
    const { mix } = parseConfig(`${HEAD}mix: {}\n`, 'test');
    const { drivers, notes } = await makeMixRelations(workspace.warehouse, workspace.config, mix!);
    expect(
      drivers.map(({ settings: { name, kind, platform, measure } }) => ({ name, kind, platform, measure })),
    ).toEqual([
      { name: 'meta_ads', kind: 'paid', platform: ['meta'] },
      { name: 'instagram', kind: 'organic', platform: ['instagram'] },
      { name: 'facebook', kind: 'organic', platform: ['facebook'], measure: ['positive_engagements'] },
      { name: 'negative', kind: 'negative' },
    ]);
    expect(notes.map(({ message }) => message)).toEqual([
      'google_ads: spend in 3 weeks only, fewer than 8: no driver was made of it; declare it under mix.drivers to keep it',
    ]);
    const { panel } = await readMixPanel(workspace.warehouse, mix!, drivers);
    const first = (series: string): number[] => [...panel.covariates[series].slice(0, 5)];
    expect(first('meta_ads')).toEqual([1, 2, 3, 4, 5]);
    // a comment counts three, a reaction one
    expect(first('instagram')).toEqual([6, 7, 8, 9, 10]);
    expect(first('facebook')).toEqual([7, 7, 7, 7, 7]);
    // an unfollow on one platform, an angry mention on another
    expect(first('negative')).toEqual([2, 2, 2, 2, 0]);
  });

  it('can be declared by any measure, of posts or of the account', async () => {
    const { mix } = parseConfig(
      `${HEAD}mix:
  drivers:
    - { name: comments, kind: organic, measure: comments }
    - { name: both, kind: organic, measure: [comments, posts], platform: instagram }
    - { name: page, kind: organic, measure: reactions, of: account, platform: facebook }
    - { name: angry, kind: negative, measure: negative_mentions }
`,
      'test',
    );
    const { drivers } = await makeMixRelations(workspace.warehouse, workspace.config, mix!);
    const { panel } = await readMixPanel(workspace.warehouse, mix!, drivers);
    const second = Object.fromEntries(Object.entries(panel.covariates).map(([name, values]) => [name, values[1]]));
    expect(second).toEqual({ comments: 2, both: 3, page: 7, angry: 1 });
  });
});
