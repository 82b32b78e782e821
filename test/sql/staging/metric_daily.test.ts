import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestWorkspace, testWorkspace } from '../../helpers.ts';
import { buildUnder, ingestPlain, type PlainRows, together } from '../plain.ts';

const CONFIG = 'workspace: metrics\nreporting: { time_zone: UTC, currency: EUR }\n';

function observed(
  post: string,
  grain: 'day' | 'lifetime',
  when: string,
  value: string,
  more: Readonly<Record<string, string>> = {},
): PlainRows {
  return {
    metric_observation: [
      {
        platform: 'facebook',
        entity_type: 'post',
        entity_id: post,
        metric: 'reactions',
        grain,
        value,
        additivity: 'additive',
        ...(grain === 'day'
          ? { from_date: when, to_date: when, observed_at: '2026-03-30T00:00:00Z' }
          : { observed_at: `${when}T12:00:00Z` }),
        ...more,
      },
    ],
  };
}

describe('what happened on a post by day', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await testWorkspace(CONFIG);
    await ingestPlain(
      workspace,
      together(
        {
          post: ['snapshots', 'both', 'parts', 'two exports'].map((post_id) => ({
            platform: 'facebook',
            post_id,
            published_at: '2026-03-01T08:00:00Z',
          })),
        },
        observed('snapshots', 'lifetime', '2026-03-03', '10'),
        observed('snapshots', 'lifetime', '2026-03-05', '25'),
        observed('snapshots', 'lifetime', '2026-03-06', '25'),
        observed('snapshots', 'lifetime', '2026-03-07', '22'),
        // one export with daily rows and a lifetime row of the same post
        observed('both', 'day', '2026-03-02', '4'),
        observed('both', 'day', '2026-03-03', '6'),
        observed('both', 'lifetime', '2026-03-04', '10'),
        // parts beside their total, and parts alone
        observed('parts', 'day', '2026-03-02', '9'),
        observed('parts', 'day', '2026-03-02', '5', { breakdown: 'kind=like' }),
        observed('parts', 'day', '2026-03-02', '4', { breakdown: 'kind=wow' }),
        observed('parts', 'day', '2026-03-03', '2', { breakdown: 'kind=like' }),
        observed('parts', 'day', '2026-03-03', '1', { breakdown: 'kind=wow' }),
        // the platform and a scheduler name the account in two ways
        observed('two exports', 'lifetime', '2026-03-04', '7', { account_id: '123' }),
        observed('two exports', 'lifetime', '2026-03-05', '8', { account_id: 'brand' }),
        observed('two exports', 'day', '2026-03-02', '3', { account_id: '123' }),
        observed('two exports', 'day', '2026-03-02', '5', { account_id: 'brand', observed_at: '2026-03-31T00:00:00Z' }),
      ),
    );
    await buildUnder(workspace, CONFIG);
  });
  afterAll(() => workspace.close());

  const days = (post: string): Promise<unknown[]> =>
    workspace.warehouse
      .rows<{ day: string; value: string; is_restated: boolean }>(
        'select metric_date as day, cast(value as integer) as value, is_restated from staging.metric_daily where post_id = $post order by metric_date',
        { post },
      )
      .then((rows) => rows.map((row) => [row.day, row.value, row.is_restated]));

  const total = (post: string): Promise<unknown> =>
    workspace.warehouse.value('select cast(reactions as integer) from report.post where post_id = $post', { post });

  it('is the difference of snapshots, the first at the day of publication, what was taken back kept and marked', async () => {
    expect(await days('snapshots')).toEqual([
      ['2026-03-01', 10, false],
      ['2026-03-05', 15, false],
      ['2026-03-07', -3, true],
    ]);
    expect(await total('snapshots')).toBe(22);
  });

  it('is told by days where there are days, and not by snapshots as well', async () => {
    expect(await days('both')).toEqual([
      ['2026-03-02', 4, false],
      ['2026-03-03', 6, false],
    ]);
    expect(await total('both')).toBe(10);
  });

  it('is the total of a day where it is told, else the sum of its parts', async () => {
    expect(await days('parts')).toEqual([
      ['2026-03-02', 9, false],
      ['2026-03-03', 3, false],
    ]);
    expect(await total('parts')).toBe(12);
  });

  it('counts once what two exports tell', async () => {
    expect(await days('two exports')).toEqual([['2026-03-02', 5, false]]);
    expect(await total('two exports')).toBe(8);
  });
});
