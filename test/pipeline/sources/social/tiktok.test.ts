import { describe, expect, it } from 'vitest';
import { fixture, hasFixtures, reader } from './reading.ts';

const { read, expectSame } = reader();

const OVERVIEW = `Date,Video Views,Profile Views,Likes,Comments,Shares
December 30,0,0,0,0,0
December 31,"1,100",10,2,1,3
January 1,200,20,4,0,1
January 2,50,5,1,0,0
`;

const days = async (reading: Awaited<ReturnType<typeof read>>) =>
  (await reading.rows('metric_observation', 'distinct line_no, from_date', 'line_no')).map((row) => row.from_date);

describe('overview', () => {
  it('dates days without a year by their order, across New Year, back from the export', async () => {
    const overview = await read(OVERVIEW, { account: 'shop' });
    expect(overview.receipt).toMatchObject({ kind: 'tiktok_overview_csv', accepted: 4 });
    expect(overview.receipt.notes.join()).toMatch(/year not given/);
    expect(await days(overview)).toEqual(['2025-12-30', '2025-12-31', '2026-01-01', '2026-01-02']);
    expect((await overview.rows('metric_observation', 'value', "metric <> 'views', line_no"))[1].value).toBe('1100');
  });

  it('dates them backwards when the newest comes first', async () => {
    const [header, ...rows] = OVERVIEW.trimEnd().split('\n');
    expect(await days(await read([header, ...rows.reverse(), ''].join('\n')))).toEqual([
      '2026-01-02',
      '2026-01-01',
      '2025-12-31',
      '2025-12-30',
    ]);
  });

  it('takes the declared year for the newest day', async () => {
    expect(await days(await read(OVERVIEW, { year: '2024' }))).toEqual([
      '2023-12-30',
      '2023-12-31',
      '2024-01-01',
      '2024-01-02',
    ]);
  });

  it('takes the year before when the newest day would be after the export, with a day of grace for zones', async () => {
    expect((await days(await read(OVERVIEW, {}, { exportedAt: '2026-01-01T20:00:00Z' }))).at(-1)).toBe('2026-01-02');
    expect((await days(await read(OVERVIEW, {}, { exportedAt: '2025-12-31T20:00:00Z' }))).at(-1)).toBe('2025-01-02');
  });

  it('rejects the 29th of February of a year that has none', async () => {
    const leap = await read(OVERVIEW.replace('January 1', 'February 29').replace('January 2', 'March 1'));
    expect(leap.receipt).toMatchObject({ accepted: 3, rejected: 1 });
    expect(leap.receipt.rejects[0]).toMatchObject({ line: 4, column: 'from_date' });
  });

  it('takes days that carry a year as they are', async () => {
    expect(
      await days(await read(OVERVIEW.replace('December 30', '2021-12-30').replace('December 31', '"Dec 31, 2021"'))),
    ).toEqual(['2021-12-30', '2021-12-31', '2026-01-01', '2026-01-02']);
  });

  it('is the same table with columns moved, unknown columns, a byte-order mark and Windows line ends', () =>
    expectSame(OVERVIEW, { account: 'shop' }));

  it.each([
    [
      'German',
      'Datum,Videoaufrufe,Profilaufrufe,„Gefällt mir“-Angaben,Kommentare,Geteilt',
      ['30. Dezember', '31. Dezember', '1. Januar', '2. Januar'],
    ],
    [
      'French',
      'Date,Vues de vidéos,Vues du profil,J’aime,Commentaires,Partages',
      ['30 décembre', '31 décembre', '1er janvier', '2 janvier'],
    ],
    [
      'Spanish',
      'Fecha,Visualizaciones de vídeos,Visualizaciones del perfil,Me gusta,Comentarios,Veces compartido',
      ['30 de diciembre', '31 de diciembre', '1 de enero', '2 de enero'],
    ],
  ])('reads the %s export to the same days and numbers', async (_language, header, written) => {
    const english = ['December 30', 'December 31', 'January 1', 'January 2'];
    const local = await read(
      english.reduce(
        (text, day, i) => text.replace(day, written[i]),
        OVERVIEW.replace(OVERVIEW.split('\n')[0], header),
      ),
    );
    expect(local.receipt.kind).toBe('tiktok_overview_csv');
    const columns = 'from_date, metric, value';
    expect(await local.rows('metric_observation', columns, 'all')).toEqual(
      await (await read(OVERVIEW)).rows('metric_observation', columns, 'all'),
    );
  });
});

describe('follower history', () => {
  const history = `Date,Followers,Difference in followers from previous day
December 30,undefined,0
December 31,10,0
January 1,9,-1
`;

  it('has no observation where TikTok writes undefined, and keeps a loss', async () => {
    const followers = await read(history, { account: 'shop' });
    expect(followers.receipt).toMatchObject({ kind: 'tiktok_followers_csv', accepted: 3, rejected: 0 });
    expect(
      await followers.rows('metric_observation', 'metric, from_date, value, additivity', 'metric, from_date'),
    ).toEqual([
      { metric: 'followers', from_date: '2025-12-31', value: '10', additivity: 'snapshot' },
      { metric: 'followers', from_date: '2026-01-01', value: '9', additivity: 'snapshot' },
      { metric: 'follows', from_date: '2025-12-30', value: '0', additivity: 'additive' },
      { metric: 'follows', from_date: '2025-12-31', value: '0', additivity: 'additive' },
      { metric: 'follows', from_date: '2026-01-01', value: '-1', additivity: 'additive' },
    ]);
    await expectSame(history);
  });
});

describe('content', () => {
  // 7412345678901234567 was made on 2024-09-08 at 18:46:55 UTC
  const content = `Video title,Video link,Post time,Total likes,Total comments,Total shares,Total views,Average watch time,Add to favorites
"Mug, https://shop.example/?utm_source=tiktok",https://www.tiktok.com/@Shop/video/7412345678901234567,2024-09-08 14:46:55,300,22,15,"5,000",11.5,40
Cup,https://www.tiktok.com/@shop/video/7400000000000000001,April 4,3,2,1,50,1,
`;

  it('takes the time from the video id where it agrees, else the last such day before the export', async () => {
    const videos = await read(content);
    expect(videos.receipt.kind).toBe('tiktok_content_csv');
    expect(await videos.rows('post', 'post_id, account_id, published_at, is_published_zone_known, link_url')).toEqual([
      {
        post_id: '7412345678901234567',
        account_id: 'shop',
        published_at: '2024-09-08T18:46:55.000000Z',
        is_published_zone_known: 'true',
        link_url: 'https://shop.example/?utm_source=tiktok',
      },
      {
        post_id: '7400000000000000001',
        account_id: 'shop',
        published_at: '2026-04-04T00:00:00.000000Z',
        is_published_zone_known: 'false',
        link_url: null,
      },
    ]);
    expect(await videos.metrics('7412345678901234567')).toEqual({
      views: 5000,
      reactions: 300,
      comments: 22,
      shares: 15,
      saves: 40,
    });
    await expectSame(content);
  });

  it('rejects a row whose link names no video', async () => {
    const broken = await read(content.replace('/video/7400000000000000001', ''));
    expect(broken.receipt).toMatchObject({ accepted: 1, rejected: 1 });
  });
});

describe.skipIf(!hasFixtures())('the fixtures', () => {
  it('reads the overview across New Year', async () => {
    const overview = await read(fixture('synthetic_ui_exports/tiktok_overview.csv'));
    expect(await days(overview)).toEqual(['2025-12-30', '2025-12-31', '2026-01-01', '2026-01-02']);
  });

  it('reads the follower history with its undefined', async () => {
    const followers = await read(fixture('synthetic_ui_exports/tiktok_follower_history.csv'));
    expect(followers.receipt).toMatchObject({ read: 3, accepted: 3, streams: { metric_observation: 5 } });
  });
});
