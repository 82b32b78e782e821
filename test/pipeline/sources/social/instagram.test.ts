import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { testWorkspace } from '../../../helpers.ts';
import { fixture, hasFixtures, reader } from './reading.ts';

const { read, expectSame, workspace } = reader();

const HEADER =
  'Post ID,Account ID,Account username,Account name,Description,Duration (sec),Publish time,Permalink,Post type,Data comment,Date,Views,Reach,Likes,Shares,Follows,Comments,Saves';
const POSTS = `${HEADER}
17870000000000001,17841400000000001,shop,Shop,"Mug for @jo, ask a@b.example
shop.example/mug?utm_source=ig&email=a@b.example",32,03/28/2026 22:15,https://www.instagram.com/reel/AAA/,IG reel,,Lifetime,"12,400",9100,610,88,41,57,230
17870000000000002,17841400000000001,shop,Shop,News,0,04/02/2026 02:30,https://www.instagram.com/p/BBB/,IG image,,Lifetime,,640,40,,0,3,12
`;

describe('Meta Business Suite posts', () => {
  it('reads publish times in the declared zone, and metrics as lifetime numbers', async () => {
    const posts = await read(POSTS, { time_zone: 'America/Los_Angeles' });
    expect(posts.receipt).toMatchObject({ kind: 'instagram_posts_csv', read: 2, accepted: 2, notes: [] });
    expect(await posts.rows('post', 'post_id, account_id, published_at, is_published_zone_known, kind')).toEqual([
      {
        post_id: '17870000000000001',
        account_id: '17841400000000001',
        published_at: '2026-03-29T05:15:00.000000Z',
        is_published_zone_known: 'true',
        kind: 'reel',
      },
      {
        post_id: '17870000000000002',
        account_id: '17841400000000001',
        published_at: '2026-04-02T09:30:00.000000Z',
        is_published_zone_known: 'true',
        kind: 'post',
      },
    ]);
    expect(await posts.metrics('17870000000000001')).toEqual({
      views: 12400,
      reach: 9100,
      reactions: 610,
      shares: 88,
      follows: 41,
      comments: 57,
      saves: 230,
    });
    expect(await posts.rows('metric_observation', 'distinct grain, from_date, account_id, observed_at', 'all')).toEqual(
      [{ grain: 'lifetime', from_date: null, account_id: null, observed_at: '2026-07-01T00:00:00Z' }],
    );
  });

  it('says on the receipt that the zone was assumed, and marks the times', async () => {
    const posts = await read(POSTS);
    expect(posts.receipt.notes.join()).toMatch(/time zone not given/);
    expect((await posts.rows('post', 'published_at, is_published_zone_known'))[0]).toEqual({
      published_at: '2026-03-28T22:15:00.000000Z',
      is_published_zone_known: 'false',
    });
  });

  it('has no observation where a cell is empty: unknown is not zero', async () => {
    expect(await (await read(POSTS)).metrics('17870000000000002')).toEqual({
      reach: 640,
      reactions: 40,
      follows: 0,
      comments: 3,
      saves: 12,
    });
  });

  it('reads an export of stories', async () => {
    const stories = await read(
      'Post ID,Account ID,Account username,Account name,Description,Duration (sec),Publish time,Permalink,Post type,Data comment,Date,Views,Reach,Likes,Shares,Profile visits,Replies,Link clicks,Sticker taps,Navigation\n178,99,shop,Shop,,12,03/28/2026 22:15,https://www.instagram.com/stories/shop/3061,IG story,,Lifetime,300,250,4,1,6,2,9,0,310\n',
      { time_zone: 'UTC' },
    );
    expect(await stories.rows('post', 'post_id, kind')).toEqual([{ post_id: '178', kind: 'story' }]);
    // replies to stories are private messages
    expect(await stories.metrics()).toEqual({
      views: 300,
      reach: 250,
      reactions: 4,
      shares: 1,
      profile_visits: 6,
      link_clicks: 9,
    });
  });

  it('keeps no handle, e-mail address or personal parameter of a caption', async () => {
    const [post] = await (await read(POSTS)).rows('post', 'text_excerpt, link_url');
    expect(post).toEqual({
      text_excerpt: 'Mug for @…, ask (removed) shop.example/mug',
      link_url: 'https://shop.example/mug?utm_source=ig',
    });
  });

  it('falls back to the shortcode when a spreadsheet has rounded the ids', async () => {
    const mangled = await read(
      POSTS.replaceAll('17870000000000001', '1.787E+16')
        .replaceAll('17870000000000002', '1.787E+16')
        .replaceAll('17841400000000001', '1.78414E+16'),
    );
    expect(await mangled.rows('post', 'post_id, account_id')).toEqual([
      { post_id: 'AAA', account_id: null },
      { post_id: 'BBB', account_id: null },
    ]);
    expect(mangled.receipt.streams.source_account).toBe(0);
  });

  it('reads an export by day as days, beside the lifetime numbers', async () => {
    const daily = await read(POSTS.replace('Lifetime', '03/29/2026').replace('Lifetime', '03/30/2026'), {
      time_zone: 'Europe/Paris',
    });
    expect(await daily.rows('metric_observation', 'distinct grain, from_date, to_date, date_time_zone', 'all')).toEqual(
      [
        { grain: 'day', from_date: '2026-03-29', to_date: '2026-03-29', date_time_zone: 'Europe/Paris' },
        { grain: 'day', from_date: '2026-03-30', to_date: '2026-03-30', date_time_zone: 'Europe/Paris' },
      ],
    );
  });

  it('rejects a time that can be read two ways until the order is declared', async () => {
    const ambiguous = POSTS.replace('03/28/2026', '03/04/2026');
    const single = ambiguous.split('\n').slice(0, 3).join('\n');
    const refused = await read(single);
    expect(refused.receipt).toMatchObject({ accepted: 0, rejected: 1 });
    expect(refused.receipt.rejects[0]).toMatchObject({ column: 'published_at', line: 2 });
    expect(refused.receipt.rejects[0].reason).toMatch(/date_order/);
    const read2 = await read(`${single}\n`, { date_order: 'dmy' });
    expect((await read2.rows('post', 'published_at'))[0].published_at).toBe('2026-04-03T22:15:00.000000Z');
  });

  it('is the same table with columns moved, unknown columns, a byte-order mark and Windows line ends', () =>
    expectSame(POSTS, { time_zone: 'UTC' }));

  it.each([
    [
      'German',
      'Beitrags-ID,Konto-ID,Nutzername des Kontos,Kontoname,Beschreibung,Dauer (Sek.),Veröffentlichungszeit,Permalink,Beitragsart,Datenkommentar,Datum,Aufrufe,Reichweite,„Gefällt mir“-Angaben,Geteilte Inhalte,Gefolgt,Kommentare,Gespeicherte Inhalte',
      'Gesamt',
    ],
    [
      'French',
      'Identifiant de la publication,Identifiant du compte,Nom d’utilisateur du compte,Nom du compte,Description,Durée (s),Heure de publication,Permalien,Type de publication,Commentaire sur les données,Date,Vues,Couverture,J’aime,Partages,Suivis,Commentaires,Enregistrements',
      'À vie',
    ],
    [
      'Spanish',
      'Identificador de la publicación,Identificador de la cuenta,Nombre de usuario de la cuenta,Nombre de la cuenta,Descripción,Duración (s),Hora de publicación,Enlace permanente,Tipo de publicación,Comentario sobre los datos,Fecha,Visualizaciones,Alcance,Me gusta,Veces que se ha compartido,Seguimientos,Comentarios,Veces que se ha guardado',
      'Total',
    ],
  ])('reads the %s export to the same numbers', async (_language, header, lifetime) => {
    const local = await read(
      POSTS.replace(HEADER, header)
        .replaceAll('Lifetime', lifetime)
        .replace('03/28/2026', '28/03/2026')
        .replace('04/02/2026', '02/04/2026')
        .replace('12,400', '12.400'),
      { time_zone: 'UTC' },
    );
    const english = await read(POSTS, { time_zone: 'UTC' });
    const columns = 'post_id, published_at, kind, text_excerpt';
    expect(await local.rows('post', columns)).toEqual(await english.rows('post', columns));
    const metrics = 'entity_id, metric, value, grain';
    expect(await local.rows('metric_observation', metrics, 'all')).toEqual(
      await english.rows('metric_observation', metrics, 'all'),
    );
  });

  it('is read once: the same bytes again change nothing', async () => {
    const once = await read(POSTS);
    const before = await workspace().warehouse.count('select count(*) from raw.metric_observation');
    const again = await workspace().ingestText(POSTS);
    expect(again).toMatchObject({ state: 'already_loaded', batch_id: once.receipt.batch_id, read: 2, accepted: 2 });
    expect(await workspace().warehouse.count('select count(*) from raw.metric_observation')).toBe(before);
  });
});

describe('Meta Business Suite, one metric by day', () => {
  const csv = (title: string) =>
    iconv.encode(
      `sep=,\r\n"${title}"\r\n"Date","Primary"\r\n"2026-03-28T00:00:00","1441"\r\n"2026-03-29T00:00:00","2,110"\r\n`,
      'utf-16le',
      { addBOM: true },
    );

  it('takes the metric from the title line of a UTF-16 file', async () => {
    const views = await read(csv('Views'), { account: '17841400000000001', time_zone: 'Europe/Berlin' });
    expect(views.receipt).toMatchObject({ kind: 'instagram_metric_csv', accepted: 2, notes: ['read as utf-16le'] });
    expect(
      await views.rows('metric_observation', 'entity_type, entity_id, metric, grain, from_date, date_time_zone, value'),
    ).toEqual(
      [
        ['2026-03-28', '1441'],
        ['2026-03-29', '2110'],
      ].map(([from_date, value]) => ({
        entity_type: 'account',
        entity_id: '17841400000000001',
        metric: 'views',
        grain: 'day',
        from_date,
        date_time_zone: 'Europe/Berlin',
        value,
      })),
    );
  });

  it.each([
    ['Reichweite', 'reach', 'unique'],
    ['Clics sur un lien', 'link_clicks', 'additive'],
    ['Seguidores', 'follows', 'additive'],
    ['Instagram profile visits', 'profile_visits', 'additive'],
    ['Content interactions', 'engagements_reported', 'additive'],
  ])('knows the title "%s" as %s', async (title, metric, additivity) => {
    const daily = await read(csv(title));
    expect(await daily.rows('metric_observation', 'distinct metric, additivity', 'all')).toEqual([
      { metric, additivity },
    ]);
  });

  it('is a Facebook page’s when the source says so', async () => {
    const facebook = await testWorkspace(`workspace: acme
reporting: { time_zone: UTC, currency: EUR }
sources:
  - { id: page, kind: instagram_metric_csv, platform: facebook, account: '51' }
`);
    try {
      await facebook.ingestText(csv('Facebook visits'));
      expect(
        await facebook.warehouse.rows('select distinct platform, account_id, metric from raw.metric_observation'),
      ).toEqual([{ platform: 'facebook', account_id: '51', metric: 'profile_visits' }]);
    } finally {
      facebook.close();
    }
  });

  it('rejects a metric it does not know rather than guess', async () => {
    const unknown = await read(csv('Sparkles'));
    expect(unknown.receipt).toMatchObject({ accepted: 0, rejected: 2 });
    expect(unknown.receipt.rejects[0]).toMatchObject({ column: 'metric', reason: 'is missing' });
  });
});

describe('Fivetran media', () => {
  const history = `_fivetran_id,_fivetran_synced,caption,carousel_album_id,created_time,id,ig_id,is_comment_enabled,is_story,media_type,media_url,permalink,shortcode,thumbnail_url,user_id,username
a,2026-04-01T10:00:00.5,Mug,,2026-03-28T12:25:20,178,2377,true,false,VIDEO,https://cdn.example/x?sig=1,https://www.instagram.com/reel/CCC/,CCC,,99,shop
b,2026-04-02T10:00:00.5,Mug!,,2026-03-28T12:25:20,178,2377,true,false,VIDEO,https://cdn.example/y?sig=2,https://www.instagram.com/reel/CCC/,CCC,,99,shop
`;
  const insights = `_fivetran_id,_fivetran_synced,carousel_album_reach,carousel_album_views,comment_count,id,like_count,reel_likes,reel_reach,reel_shares,reel_views,story_reach,story_views,video_photo_reach,video_photo_saved,video_photo_views
a,2026-04-01T10:00:00,0,0,2,178,7,7,50,1,90,,,0,3,0
`;

  it('keeps every sync of a post with its own time, and no signed media link', async () => {
    const posts = await read(history);
    expect(posts.receipt).toMatchObject({
      kind: 'instagram_media_history',
      accepted: 2,
      streams: { post: 2, source_account: 1 },
    });
    expect(await posts.rows('post', 'post_id, kind, text_excerpt, published_at, observed_at')).toEqual([
      {
        post_id: '178',
        kind: 'reel',
        text_excerpt: 'Mug',
        published_at: '2026-03-28T12:25:20.000000Z',
        observed_at: '2026-04-01T10:00:00.500000Z',
      },
      {
        post_id: '178',
        kind: 'reel',
        text_excerpt: 'Mug!',
        published_at: '2026-03-28T12:25:20.000000Z',
        observed_at: '2026-04-02T10:00:00.500000Z',
      },
    ]);
    expect(JSON.stringify(await posts.rows('post'))).not.toContain('cdn.example');
  });

  it('rejects a row whose time of observation cannot be read: it could never win', async () => {
    const bad = await read(history.replace('2026-04-02T10:00:00.5', 'yesterday'));
    expect(bad.receipt).toMatchObject({ accepted: 1, rejected: 1 });
    expect(bad.receipt.rejects).toContainEqual(expect.objectContaining({ line: 3, column: 'observed_at' }));
  });

  it('takes one of the columns that repeat a number by media type, not their sum', async () => {
    const measured = await read(insights);
    expect(measured.receipt.kind).toBe('instagram_media_insights');
    expect(await measured.metrics()).toEqual({ views: 90, reach: 50, reactions: 7, comments: 2, shares: 1, saves: 3 });
  });

  it('is the same table with columns moved and unknown columns', async () => {
    await expectSame(history);
    await expectSame(insights);
  });
});

describe.skipIf(!hasFixtures())('the fixtures', () => {
  it('reads the Business Suite export with its byte-order mark', async () => {
    const posts = await read(fixture('synthetic_ui_exports/meta_business_suite_ig_posts.csv'));
    expect(posts.receipt).toMatchObject({ kind: 'instagram_posts_csv', read: 2, accepted: 2 });
    expect((await posts.metrics('17870000000000001')).views).toBe(12400);
    expect((await posts.metrics('17870000000000002')).views).toBeUndefined();
  });

  it('reads 1,441 and 2,110 views from the UTF-16 file', async () => {
    const views = await read(fixture('synthetic_ui_exports/instagram_insights_views_utf16.csv'));
    expect(await views.rows('metric_observation', 'from_date, metric, value')).toEqual([
      { from_date: '2026-03-28', metric: 'views', value: '1441' },
      { from_date: '2026-03-29', metric: 'views', value: '2110' },
    ]);
  });

  it('finds three media in the hundred rows of media_history', async () => {
    const posts = await read(fixture('instagram/media_history.csv'));
    expect(posts.receipt).toMatchObject({ read: 100, accepted: 100, rejected: 0 });
    const ids = (await posts.rows('post', 'post_id')).map((row) => row.post_id);
    expect([...new Set(ids)].map((id) => ids.filter((other) => other === id).length)).toEqual([51, 48, 1]);
  });
});
