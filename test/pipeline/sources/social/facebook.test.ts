import { describe, expect, it } from 'vitest';
import { fixture, hasFixtures, reader } from './reading.ts';

const { read, expectSame, workspace } = reader();

const POSTS = `Post ID,Page ID,Page name,Title,Description,Duration (sec),Publish time,Permalink,Post type,Date,Views,Reach,Reactions,Comments,Shares,Total clicks,Link Clicks,Negative feedback from users: Hide all,Negative feedback from users: Hide post
122158047896123456,615710000000777,Shop,Spring,Mug,27,11/20/2025 21:00,https://www.facebook.com/reel/1111,Reel,Lifetime,1520,980,85,7,4,30,12,1,2
122158047896123999,615710000000777,Shop,Autumn,Cup,0,11/21/2025 21:00,https://www.facebook.com/100/posts/2222?utm_source=fb,Photo,Lifetime,200,150,9,1,0,5,,0,0
`;

describe('Meta Business Suite posts', () => {
  it('reads posts, page and lifetime numbers, negative feedback added up', async () => {
    const posts = await read(POSTS, { time_zone: 'UTC' });
    expect(posts.receipt).toMatchObject({
      kind: 'facebook_posts_csv',
      accepted: 2,
      streams: { post: 2, source_account: 1 },
    });
    expect(await posts.rows('post', 'post_id, account_id, kind, published_at')).toEqual([
      {
        post_id: '122158047896123456',
        account_id: '615710000000777',
        kind: 'reel',
        published_at: '2025-11-20T21:00:00.000000Z',
      },
      {
        post_id: '122158047896123999',
        account_id: '615710000000777',
        kind: 'post',
        published_at: '2025-11-21T21:00:00.000000Z',
      },
    ]);
    expect(await posts.metrics('122158047896123456')).toEqual({
      views: 1520,
      reach: 980,
      reactions: 85,
      comments: 7,
      shares: 4,
      link_clicks: 12,
      negative: 3,
    });
  });

  it('says in the definition when clicks are all clicks and not those on the link', async () => {
    const posts = await read(POSTS, { time_zone: 'UTC' });
    expect(
      await posts.rows(
        'metric_observation',
        'entity_id, value, definition_version',
        "metric = 'link_clicks' desc, entity_id limit 2",
      ),
    ).toEqual([
      { entity_id: '122158047896123456', value: '12', definition_version: 'mbs_link_clicks' },
      { entity_id: '122158047896123999', value: '5', definition_version: 'mbs_total_clicks_all' },
    ]);
  });

  it('tells two posts apart by their links when a spreadsheet has given them one id', async () => {
    const mangled = await read(
      POSTS.replaceAll(/122158047896123\d+/g, '1.22158E+17').replaceAll('615710000000777', '6.1571E+14'),
    );
    expect(await mangled.rows('post', 'post_id, account_id')).toEqual([
      { post_id: '1111', account_id: null },
      { post_id: '2222', account_id: null },
    ]);
  });

  it('takes the link when the id has been rounded to fifteen figures', async () => {
    const text = POSTS.replace('122158047896123999,', '122158047896124000,').replace(
      'posts/2222?utm_source=fb',
      'posts/122158047896123999',
    );
    const rounded = await read(text.replaceAll('122158047896124000', '122158047896123000'));
    expect((await rounded.rows('post', 'post_id'))[1].post_id).toBe('122158047896123999');
  });

  it('is the same table with columns moved, unknown columns, a byte-order mark and Windows line ends', () =>
    expectSame(POSTS, { time_zone: 'UTC' }));

  it('reads the German export', async () => {
    const [, first] = POSTS.split('\n');
    const german = await read(
      `Beitrags-ID,Seiten-ID,Seitenname,Titel,Beschreibung,Dauer (Sek.),Veröffentlichungszeit,Permalink,Beitragsart,Datum,Aufrufe,Reichweite,Reaktionen,Kommentare,Geteilte Inhalte\n${first
        .replace('11/20/2025', '20.11.2025')
        .split(',')
        .slice(0, 15)
        .join(',')}\n`,
      { time_zone: 'Europe/Berlin' },
    );
    expect(german.receipt.kind).toBe('facebook_posts_csv');
    expect((await german.rows('post', 'published_at'))[0].published_at).toBe('2025-11-20T20:00:00.000000Z');
    expect(await german.metrics()).toMatchObject({ views: 1520, reactions: 85, shares: 4 });
  });
});

describe('Fivetran page days', () => {
  const days = `date,page_id,_fivetran_synced,page_actions_post_reactions_like_total,page_actions_post_reactions_love_total,page_actions_post_reactions_anger_total,page_actions_post_reactions_total,page_fan_adds,page_fan_removes,page_fans,page_negative_feedback,page_posts_impressions,page_posts_impressions_paid,page_media_view,page_video_view_time
2026-07-02 07:00:00 UTC,51,2026-07-09 15:05:33.416 UTC,3,2,4,,1,2,256,6,100,60,70.0,1362884
2026-12-02 08:00:00 UTC,51,2026-12-09 15:05:33.416 UTC,0,0,0,,0,0,256,0,0,0,0,0
2026-12-03 07:00:00 UTC,51,2026-12-09 15:05:33.416 UTC,0,0,0,,0,0,256,0,0,0,0,0
`;

  it('gives a row to the day before its time, in summer, in winter, and when the connector forgets the clock change', async () => {
    const page = await read(days);
    expect(page.receipt).toMatchObject({ kind: 'facebook_daily_page_metrics', accepted: 3 });
    expect(
      await page.rows('metric_observation', 'distinct from_date, to_date, date_time_zone, observed_at', 'all'),
    ).toEqual([
      {
        from_date: '2026-07-01',
        to_date: '2026-07-01',
        date_time_zone: 'America/Los_Angeles',
        observed_at: '2026-07-09T15:05:33.416000Z',
      },
      {
        from_date: '2026-12-01',
        to_date: '2026-12-01',
        date_time_zone: 'America/Los_Angeles',
        observed_at: '2026-12-09T15:05:33.416000Z',
      },
      {
        from_date: '2026-12-02',
        to_date: '2026-12-02',
        date_time_zone: 'America/Los_Angeles',
        observed_at: '2026-12-09T15:05:33.416000Z',
      },
    ]);
  });

  it('keeps what speaks against the page apart: negative feedback, anger, fans lost', async () => {
    const page = await read(days.split('\n').slice(0, 2).join('\n'));
    expect(await page.metrics()).toMatchObject({
      negative: 6,
      reactions_anger: 4,
      unfollows: 2,
      follows: 1,
      reactions: 9,
      impressions: 100,
      impressions_paid: 60,
      views: 70,
      watch_seconds: 1362.884,
    });
    expect(await page.rows('metric_observation', 'distinct additivity', 'all')).toEqual([
      { additivity: 'additive' },
      { additivity: 'snapshot' },
    ]);
  });

  it('is the same table with columns moved and unknown columns', () => expectSame(days));
});

describe('Fivetran lifetime numbers of posts', () => {
  const lifetime = `date,post_id,_fivetran_synced,post_clicks,post_impressions,post_negative_feedback,post_reactions_anger_total,post_reactions_like_total
2026-03-02 08:00:00 UTC,51_900,2026-03-02 20:00:00 UTC,20,80,0,0,9
2026-03-01 08:00:00 UTC,51_900,2026-03-01 20:00:00 UTC,23,90,0,1,8
`;

  it('keeps each snapshot with its own time under one key, so that the newest wins and a fall can be seen', async () => {
    const posts = await read(lifetime);
    expect(posts.receipt.kind).toBe('facebook_lifetime_post_metrics');
    expect(
      await posts.rows(
        'metric_observation',
        'account_id, entity_type, entity_id, grain, from_date, to_date, breakdown, value, observed_at',
        "metric <> 'impressions', observed_at limit 2",
      ),
    ).toEqual(
      [
        ['90', '2026-03-01T08:00:00.000000Z'],
        ['80', '2026-03-02T08:00:00.000000Z'],
      ].map(([value, observed_at]) => ({
        account_id: null,
        entity_type: 'post',
        // the same id as in the page's own export, without the page in front
        entity_id: '900',
        grain: 'lifetime',
        from_date: null,
        to_date: null,
        breakdown: '',
        value,
        observed_at,
      })),
    );
  });

  it('is the same table with columns moved and unknown columns', () => expectSame(lifetime));

  it('makes its posts known, older than any description of them', async () => {
    expect(await (await read(lifetime)).rows('post', 'post_id, account_id, published_at, observed_at')).toEqual([
      { post_id: '900', account_id: '51', published_at: null, observed_at: '1970-01-01T00:00:00Z' },
    ]);
  });

  it('rejects a count that is no number, by line and column', async () => {
    const bad = await read(lifetime.replace(',80,', ',eighty,'));
    expect(bad.receipt).toMatchObject({ accepted: 1, rejected: 1 });
    expect(bad.receipt.rejects).toEqual([expect.objectContaining({ line: 2, column: 'value', shape: 'aaaaaa' })]);
  });
});

describe('Fivetran posts', () => {
  const history = `_fivetran_synced,id,page_id,created_time,message,is_published,status_type
2026-03-02 20:00:00 UTC,51_900,51,2026-03-01 10:00:00 UTC,Mug https://shop.example/?utm_campaign=spring,true,added_video
2026-03-02 20:00:00 UTC,51_901,51,2026-03-01 11:00:00 UTC,Only an ad,false,
`;

  it('gives posts the id of their metrics, and knows those made for ads', async () => {
    const posts = await read(history);
    expect(await posts.rows('post', 'post_id, account_id, kind, link_url, published_at')).toEqual([
      {
        post_id: '900',
        account_id: '51',
        kind: 'video',
        link_url: 'https://shop.example/?utm_campaign=spring',
        published_at: '2026-03-01T10:00:00.000000Z',
      },
      {
        post_id: '901',
        account_id: '51',
        kind: 'ad_dark',
        link_url: null,
        published_at: '2026-03-01T11:00:00.000000Z',
      },
    ]);
    await expectSame(history);
  });
});

describe.skipIf(!hasFixtures())('the fixtures', () => {
  it('gives each of the five posts 877 impressions and 23 clicks, 4,385 in all, where a naive sum gives 21,900', async () => {
    const posts = await read(fixture('facebook_pages/lifetime_post_metrics_total.csv'));
    expect(posts.receipt).toMatchObject({ read: 25, accepted: 25, rejected: 0 });
    const newest = await workspace().warehouse.rows<{ entity_id: string; impressions: string; clicks: string }>(
      `select entity_id,
          max_by(try_cast(value as decimal(24, 6)), observed_at) filter (where metric = 'impressions') as impressions,
          max_by(try_cast(value as decimal(24, 6)), observed_at) filter (where metric = 'link_clicks') as clicks
       from raw.metric_observation where batch_id = $batch group by entity_id order by entity_id`,
      { batch: posts.receipt.batch_id },
    );
    expect(newest.map((row) => [Number(row.impressions), Number(row.clicks)])).toEqual(Array(5).fill([877, 23]));
    const naive = await workspace().warehouse.value(
      `select sum(try_cast(value as integer)) from raw.metric_observation where batch_id = $batch and metric = 'impressions'`,
      { batch: posts.receipt.batch_id },
    );
    expect(Number(naive)).toBe(21900);
  });

  it('dates the page metrics to the days before their 07:00 UTC', async () => {
    const page = await read(fixture('facebook_pages/daily_page_metrics_total.csv'));
    expect(
      await page.rows('metric_observation', 'from_date, value', "metric <> 'unfollows', from_date limit 6"),
    ).toEqual(
      ['04', '05', '06', '08', '09', '10'].map((day) => ({
        from_date: `2020-04-${day}`,
        value: day === '09' ? '1' : '0',
      })),
    );
  });

  it('reads two posts where Excel left one id', async () => {
    const posts = await read(fixture('synthetic_ui_exports/meta_business_suite_fb_posts_excel_mangled.csv'), {
      date_order: 'mdy',
      time_zone: 'America/Los_Angeles',
    });
    expect(await posts.rows('post', 'post_id, published_at')).toEqual([
      { post_id: '1111', published_at: '2025-11-11T05:00:00.000000Z' },
      { post_id: '2222', published_at: '2025-10-12T04:00:00.000000Z' },
    ]);
    expect(await posts.metrics('1111')).toEqual({ views: 1520, reach: 980, reactions: 85, comments: 7, shares: 4 });
  });
});
