import { describe, expect, it } from 'vitest';
import { fixture, hasFixtures, reader } from './reading.ts';

const { read, expectSame } = reader();

const TABLE = `Content,Video title,Video publish time,Duration,Views,Watch time (hours),Subscribers,Likes,Comments added,Shares,Impressions,Impressions click-through rate (%),Average view duration
Total,,,,2150,10.5,1,60,7,3,90000,4.10,0:00:24
-bc123DEF_4,"My short, one","Mar 20, 2026",45,"2,100",0.5,-1,10,2,1,4000,5.2,0:00:18
 def456GHI78,Long one,2026-03-01 13:18:00,600,50,10,0,50,5,2,86000,4.0,0:16:02
`;

describe('Studio table', () => {
  it('leaves out the totals, keeps an id that starts with - and one with a space before it, and reads both forms of date', async () => {
    const videos = await read(TABLE, { time_zone: 'Europe/Berlin', account: 'UC1', period: 'lifetime' });
    expect(videos.receipt).toMatchObject({ kind: 'youtube_table_csv', read: 3, accepted: 3, notes: [] });
    expect(await videos.rows('post', 'post_id, account_id, kind, published_at')).toEqual([
      { post_id: '-bc123DEF_4', account_id: 'UC1', kind: 'short', published_at: '2026-03-19T23:00:00.000000Z' },
      { post_id: 'def456GHI78', account_id: 'UC1', kind: 'video', published_at: '2026-03-01T12:18:00.000000Z' },
    ]);
    expect(await videos.metrics('-bc123DEF_4')).toEqual({
      views: 2100,
      impressions: 4000,
      click_through_rate: 0.052,
      watch_seconds: 1800,
      follows: -1,
      reactions: 10,
      comments: 2,
      shares: 1,
    });
  });

  it('says that the numbers are those of a range the file does not name', async () => {
    const videos = await read(TABLE);
    expect(await videos.rows('metric_observation', 'distinct grain, from_date, entity_type', 'all')).toEqual([
      { grain: 'range', from_date: null, entity_type: 'video' },
    ]);
    const lifetime = await read(TABLE, { period: 'lifetime' });
    expect(await lifetime.rows('metric_observation', 'distinct grain', 'all')).toEqual([{ grain: 'lifetime' }]);
  });

  it('rejects an id that a spreadsheet took for a formula', async () => {
    const videos = await read(TABLE.replace('-bc123DEF_4', '#NAME?'));
    expect(videos.receipt).toMatchObject({ read: 3, accepted: 2, rejected: 1 });
    expect(videos.receipt.rejects).toContainEqual(
      expect.objectContaining({ line: 3, column: 'post_id', reason: 'is missing' }),
    );
  });

  it('is the same table with columns moved, unknown columns, a byte-order mark and Windows line ends', () =>
    expectSame(TABLE, { time_zone: 'UTC' }));

  it('reads the German table, its decimal comma and its totals', async () => {
    const german = await read(
      `Inhalte,Videotitel,Veröffentlichungszeit des Videos,Dauer,Aufrufe,Wiedergabezeit (Stunden),Abonnenten,„Mag ich“-Bewertungen,Impressionen,Klickrate der Impressionen (%)
Gesamt,,,,2.150,"10,5",1,60,90.000,"4,1"
-bc123DEF_4,Kurz,20. März 2026,45,2.100,"0,5",1,10,4.000,"5,2"
`,
      { time_zone: 'UTC' },
    );
    expect(german.receipt).toMatchObject({ kind: 'youtube_table_csv', accepted: 2, rejected: 0 });
    expect((await german.rows('post', 'published_at'))[0].published_at).toBe('2026-03-20T00:00:00.000000Z');
    expect(await german.metrics()).toEqual({
      views: 2100,
      impressions: 4000,
      click_through_rate: 0.052,
      watch_seconds: 1800,
      follows: 1,
      reactions: 10,
    });
  });
});

describe('Fivetran channel_basic', () => {
  const basic = `_fivetran_id,date,_fivetran_synced,channel_id,comments,country_code,dislikes,likes,live_or_on_demand,shares,subscribed_status,subscribers_gained,subscribers_lost,video_id,videos_added_to_playlists,views,watch_time_minutes,card_clicks
a,2026-07-27,2026-07-29 14:22:11.919 UTC,UC1,0,ZZ,0,0,on_demand,0,subscribed,2,1,"""""",0,0,0.0,0
b,2026-07-27,2026-07-29 14:22:12.088 UTC,UC1,1,CA,3,4,on_demand,5,not_subscribed,0,0,-serQUrgefU,2,7,0.14833333333333334,1
c,2026-07-27,2026-07-29 14:22:12.088 UTC,UC1,0,DE,0,1,on_demand,0,not_subscribed,0,0,-serQUrgefU,0,2,1.5,0
`;

  it('keeps each country as a part of its own, and the country beside it', async () => {
    const report = await read(basic);
    expect(report.receipt).toMatchObject({ kind: 'youtube_channel_basic', accepted: 3 });
    expect(
      await report.rows(
        'metric_observation',
        'entity_type, entity_id, country, breakdown, from_date, date_time_zone, value',
        "metric <> 'views', line_no limit 3",
      ),
    ).toEqual([
      {
        entity_type: 'account',
        entity_id: 'UC1',
        country: null,
        breakdown: 'country=ZZ;live_or_on_demand=on_demand;subscribed_status=subscribed',
        from_date: '2026-07-27',
        date_time_zone: 'America/Los_Angeles',
        value: '0',
      },
      ...[
        ['CA', '7'],
        ['DE', '2'],
      ].map(([country, value]) => ({
        entity_type: 'video',
        entity_id: '-serQUrgefU',
        country,
        breakdown: `country=${country};live_or_on_demand=on_demand;subscribed_status=not_subscribed`,
        from_date: '2026-07-27',
        date_time_zone: 'America/Los_Angeles',
        value,
      })),
    ]);
  });

  it('turns minutes into seconds, dislikes into negative, and subscribers lost into unfollows', async () => {
    const report = await read(basic);
    const rows = await report.rows('metric_observation', 'line_no, metric, value');
    const value = (line: number, metric: string) =>
      Number(rows.find((row) => Number(row.line_no) === line && row.metric === metric)!.value);
    expect(value(2, 'watch_seconds')).toBeCloseTo(8.9, 5);
    expect(value(2, 'negative')).toBe(3);
    expect(value(1, 'unfollows')).toBe(1);
    expect(value(2, 'saves')).toBe(2);
    await expectSame(basic);
  });
});

describe('Fivetran video', () => {
  const videos = `id,_fivetran_synced,content_details_duration,snippet_channel_id,snippet_channel_title,snippet_description,snippet_published_at,snippet_title,statistics_comment_count,statistics_dislike_count,statistics_like_count,statistics_view_count
t91FEgxdojg,2023-12-01 19:37:55,PT49M19S,UC1,Shop,See https://shop.example/?utm_source=youtube&uid=7,2020-10-27 22:48:14,Long,1,2,25,2038
t91FEgxdojh,2023-12-01 19:37:55,PT58S,UC1,Shop,,2020-10-27 22:48:14,Short,0,0,0,5
`;

  it('reads videos and their lifetime counts as of the sync', async () => {
    const list = await read(videos);
    expect(await list.rows('post', 'post_id, kind, link_url, published_at')).toEqual([
      {
        post_id: 't91FEgxdojg',
        kind: 'video',
        link_url: 'https://shop.example/?utm_source=youtube',
        published_at: '2020-10-27T22:48:14.000000Z',
      },
      { post_id: 't91FEgxdojh', kind: 'short', link_url: null, published_at: '2020-10-27T22:48:14.000000Z' },
    ]);
    expect(await list.metrics('t91FEgxdojg')).toEqual({ views: 2038, reactions: 25, negative: 2, comments: 1 });
    expect(await list.rows('metric_observation', 'distinct grain, observed_at', 'all')).toEqual([
      { grain: 'lifetime', observed_at: '2023-12-01T19:37:55.000000Z' },
    ]);
    await expectSame(videos);
  });
});

describe.skipIf(!hasFixtures())('the fixtures', () => {
  it('adds up to 1,843 views and 9 likes over 102 videos, with two rows of the channel itself', async () => {
    const report = await read(fixture('youtube/channel_basic.csv'));
    expect(report.receipt).toMatchObject({ read: 1000, accepted: 1000, rejected: 0 });
    const rows = await report.rows('metric_observation', 'entity_type, entity_id, metric, from_date, breakdown, value');
    const of = (metric: string) => rows.filter((row) => row.metric === metric);
    const sum = (metric: string) => of(metric).reduce((total, row) => total + Number(row.value), 0);
    expect([sum('views'), sum('reactions')]).toEqual([1843, 9]);
    const video = of('views').filter((row) => row.entity_type === 'video');
    expect(new Set(video.map((row) => row.entity_id)).size).toBe(102);
    expect(of('views').filter((row) => row.entity_type === 'account')).toHaveLength(2);
    // one row a day, video and part: nothing is overwritten by another row of the same key
    expect(new Set(of('views').map((row) => `${row.entity_id} ${row.from_date} ${row.breakdown}`)).size).toBe(1000);
  });

  it('reads the Studio table: three videos, 2,150 views, the totals row apart', async () => {
    const table = await read(fixture('synthetic_ui_exports/youtube_studio_table_data.csv'));
    expect(await table.rows('post', 'post_id')).toEqual(
      ['-bc123DEF_4', 'def456GHI78', 'ghi789JKL01'].map((post_id) => ({ post_id })),
    );
    const views = (await table.rows('metric_observation', 'metric, value')).filter((row) => row.metric === 'views');
    expect(views.reduce((sum, row) => sum + Number(row.value), 0)).toBe(2150);
  });

  it('reads three videos with their lifetime views', async () => {
    const list = await read(fixture('youtube/video.csv'));
    expect((await list.metrics('t91FEgxdojg')).views).toBe(2038);
    expect(list.receipt.streams.post).toBe(3);
  });
});
