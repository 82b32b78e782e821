import { utils, write } from '@e965/xlsx';
import { describe, expect, it } from 'vitest';
import { fixture, hasFixtures, reader } from './reading.ts';

const { read, expectSame } = reader();

const NOTE = 'Content metrics. Time zone: UTC.';
const POST_HEADER =
  'Post title,Post link,Post type,Campaign name,Posted by,Created date,Campaign start date,Campaign end date,Audience,Impressions,Views (Excluding offsite video views),Offsite Views,Clicks,Click through rate (CTR),Likes,Comments,Reposts,Follows,Engagement rate,Content Type';
const POSTS = `${NOTE}
${POST_HEADER}
"Mug
shop.example",https://www.linkedin.com/feed/update/urn:li:activity:7118649787851124736,Organic,,Jo Admin,10/13/2023,,,All followers,1200,,,31,0.0258,18,2,1,0,0.0433,Image
Mug (ad),https://www.linkedin.com/posts/shop_mug-share-7118649787851124999-AbCd,Sponsored,spring,Jo Admin,03/29/2026,03/29/2026,04/05/2026,,500,210,15,9,0.018,1,0,0,0,0.02,Video
`;
const DAYS = `${NOTE}
Date,Impressions (organic),Impressions (sponsored),Impressions (total),Unique impressions (organic),Clicks (organic),Clicks (sponsored),Clicks (total),Reactions (organic),Reactions (sponsored),Reactions (total)
03/28/2026,1200,0,1200,900,31,0,31,18,0,18
03/29/2026,800,500,1300,610,20,9,29,11,1,12
`;

/** The two sheets as the old binary workbook that LinkedIn sends. */
function workbook(sheets: Record<string, string>): Uint8Array {
  const book = utils.book_new();
  for (const [name, text] of Object.entries(sheets)) {
    const rows = text.trimEnd().match(/(?:"[^"]*"|[^"\n])+/g)!;
    utils.book_append_sheet(
      book,
      utils.aoa_to_sheet(
        rows.map((row) =>
          row.match(/("[^"]*"|[^,]*)(?:,|$)/g)!.map((cell) => cell.replace(/,$/, '').replace(/^"|"$/g, '')),
        ),
      ),
      name,
    );
  }
  return write(book, { type: 'buffer', bookType: 'biff8' });
}

describe('page content export', () => {
  it('reads both sheets of the workbook as one batch', async () => {
    const page = await read(workbook({ Metrics: DAYS, 'All posts': POSTS, Notes: 'a,b\n1,2' }), { account: '3954657' });
    expect(page.receipt).toMatchObject({ kind: 'linkedin_posts_xls', read: 4, accepted: 4, rejected: 0 });
    expect(page.receipt.notes).toContain('sheet "Notes" was not read');
    const observations = await page.rows('metric_observation', 'entity_type, metric, from_date, date_time_zone, value');
    expect(observations).toContainEqual({
      entity_type: 'account',
      metric: 'impressions',
      from_date: '2026-03-29',
      date_time_zone: 'UTC',
      value: '1300',
    });
    expect(observations).toContainEqual({
      entity_type: 'account',
      metric: 'impressions_organic',
      from_date: '2026-03-29',
      date_time_zone: 'UTC',
      value: '800',
    });
    expect((await page.metrics('7118649787851124736')).impressions).toBe(1200);
  });

  it('reads both sheets again when the kind is given, as a rebuild from landing does', async () => {
    const book = workbook({ Metrics: DAYS, 'All posts': POSTS });
    const found = await read(book);
    const given = await read(book, {}, { as: 'linkedin_posts_xls' });
    expect(given.receipt.streams).toEqual(found.receipt.streams);
    const days = await read(book, {}, { as: 'linkedin_page_daily' });
    expect(days.receipt).toMatchObject({ read: 2, accepted: 2 });
    expect(days.receipt.notes).toContain('sheet "All posts" was not read');
  });

  it('reads a rate of three digits, which no thousands can be', async () => {
    const posts = await read(POSTS.replace('0.0258', '0.026').replace('0.0433', '0.043').replace(',0.02,', ',0.020,'));
    expect(posts.receipt).toMatchObject({ accepted: 2, rejected: 0 });
    expect((await posts.metrics('7118649787851124736')).engagement_rate_reported).toBe(0.043);
  });

  it('names the sheet of a rejected record', async () => {
    const page = await read(workbook({ Metrics: DAYS.replace(',610,', ',many,'), 'All posts': POSTS }));
    expect(page.receipt).toMatchObject({ read: 4, accepted: 3, rejected: 1 });
    expect(page.receipt.rejects[0]).toMatchObject({ line: 4, column: 'value', shape: 'aaaa' });
    expect(page.receipt.rejects[0].reason).toMatch(/^in sheet "Metrics" is not a plain number/);
  });

  it('tells sponsored posts from organic ones and keeps no name of staff', async () => {
    const posts = await read(POSTS);
    expect(await posts.rows('post', 'post_id, is_paid, kind, campaign_name, published_at')).toEqual([
      {
        post_id: '7118649787851124736',
        is_paid: 'false',
        kind: 'post',
        campaign_name: null,
        // the number of a post counts milliseconds; it agrees with the day in the file
        published_at: '2023-10-13T17:32:47.541000Z',
      },
      {
        post_id: '7118649787851124999',
        is_paid: 'true',
        kind: 'video',
        campaign_name: 'spring',
        // it does not agree: the day in the file is believed
        published_at: '2026-03-29T00:00:00.000000Z',
      },
    ]);
    expect(JSON.stringify(await posts.rows('post'))).not.toContain('Jo Admin');
    expect((await posts.metrics('7118649787851124999')).views).toBe(225);
  });

  it('is the same table with columns moved, unknown columns, a byte-order mark and Windows line ends', async () => {
    await expectSame(POSTS, {}, { preamble: 1 });
    await expectSame(DAYS, {}, { preamble: 1 });
  });

  it('reads German headers', async () => {
    const german = await read(
      'Beitragstitel,Beitragslink,Beitragstyp,Kampagnenname,Erstellungsdatum,Impressionen,Klicks,Reaktionen,Kommentare,Geteilt\nTasse,https://www.linkedin.com/feed/update/urn:li:ugcPost:7118649787851124736,Gesponsert,,13.10.2023,"1.200",31,18,2,1\n',
    );
    expect(german.receipt.kind).toBe('linkedin_posts_xls');
    expect((await german.rows('post', 'is_paid'))[0].is_paid).toBe('true');
    expect(await german.metrics()).toEqual({
      impressions: 1200,
      link_clicks: 31,
      reactions: 18,
      comments: 2,
      shares: 1,
    });
  });
});

describe('Fivetran share_statistic', () => {
  const statistic = `_fivetran_id,_fivetran_synced,_organization_entity_urn,_share_entity_urn,click_count,comment_count,engagement,impression_count,like_count,share_count
a,2021-10-22T02:28:41.165,urn:li:organization:10429,urn:li:share:6123513602981842944,0,0,10.0,1,10,0
b,2021-10-27T03:59:43.438,urn:li:organization:10429,urn:li:share:6123513602981842944,0,0,2.5,4,10,-1
`;

  it('keeps every sync as a snapshot, ratios above one and negative counts included', async () => {
    const shares = await read(statistic);
    expect(shares.receipt).toMatchObject({ kind: 'linkedin_share_statistic', accepted: 2 });
    expect(
      await shares.rows(
        'metric_observation',
        'metric, value, additivity, unit, observed_at',
        "metric <> 'engagement_rate_reported', observed_at limit 2",
      ),
    ).toEqual([
      {
        metric: 'engagement_rate_reported',
        value: '10.0',
        additivity: 'ratio',
        unit: 'ratio',
        observed_at: '2021-10-22T02:28:41.165000Z',
      },
      {
        metric: 'engagement_rate_reported',
        value: '2.5',
        additivity: 'ratio',
        unit: 'ratio',
        observed_at: '2021-10-27T03:59:43.438000Z',
      },
    ]);
    expect((await shares.metrics()).shares).toBe(-1);
    await expectSame(statistic);
  });
});

describe('Fivetran ugc_post_history', () => {
  const history = `_fivetran_synced,author,commentary,created_actor,created_time,distribution_feed_distribution,first_published_at,id,lifecycle_state,response_context_parent,visibility
2023-10-16 17:40:48.712000 UTC,urn:li:organization:3954657,Mug,urn:li:person:abc,2023-10-13 17:32:47.678000 UTC,MAIN_FEED,2023-10-13 17:32:47.678000 UTC,urn:li:ugcPost:7118649787851124736,PUBLISHED,,PUBLIC
2023-10-16 17:40:48.712000 UTC,urn:li:organization:3954657,Ad,,2023-10-13 17:32:47.678000 UTC,NONE,,urn:li:ugcPost:7118649787851124737,PUBLISHED,,PUBLIC
2023-10-16 17:40:48.712000 UTC,urn:li:organization:3954657,Draft,,2023-10-13 17:32:47.678000 UTC,MAIN_FEED,,urn:li:ugcPost:7118649787851124738,DRAFT,,PUBLIC
`;

  it('has a post by its number and URN, a dark post as one, no draft and no person', async () => {
    const posts = await read(history);
    expect(await posts.rows('post', "post_id, account_id, kind, native_ids ->> '$.urn' as urn, published_at")).toEqual([
      {
        post_id: '7118649787851124736',
        account_id: '3954657',
        kind: 'post',
        urn: 'urn:li:ugcPost:7118649787851124736',
        published_at: '2023-10-13T17:32:47.678000Z',
      },
      {
        post_id: '7118649787851124737',
        account_id: '3954657',
        kind: 'ad_dark',
        urn: 'urn:li:ugcPost:7118649787851124737',
        published_at: '2023-10-13T17:32:47.678000Z',
      },
    ]);
    expect(JSON.stringify(await posts.rows('post'))).not.toContain('person');
    await expectSame(history);
  });
});

describe.skipIf(!hasFixtures())('the fixtures', () => {
  it('reads the workbook: 1,200 and 1,300 impressions by day, one sponsored post', async () => {
    const page = await read(fixture('synthetic_ui_exports/linkedin_page_content.xls'));
    expect(page.receipt).toMatchObject({ read: 4, accepted: 4 });
    const days = await page.rows(
      'metric_observation',
      'from_date, value',
      "metric <> 'impressions', entity_type, from_date limit 2",
    );
    expect(days).toEqual([
      { from_date: '2026-03-28', value: '1200' },
      { from_date: '2026-03-29', value: '1300' },
    ]);
    expect(await page.rows('post', 'is_paid')).toEqual([{ is_paid: 'false' }, { is_paid: 'true' }]);
  });

  it('finds 80 posts in the hundred rows of share_statistic', async () => {
    const shares = await read(fixture('linkedin_pages/share_statistic.csv'));
    expect(shares.receipt).toMatchObject({ read: 100, accepted: 100 });
    expect(await shares.rows('metric_observation', 'distinct entity_id', 'all')).toHaveLength(80);
  });

  it('reads 75 posts of one organisation', async () => {
    const posts = await read(fixture('linkedin_pages/ugc_post_history.csv'));
    expect(await posts.rows('post', 'distinct post_id', 'all')).toHaveLength(75);
    expect(posts.receipt.streams.source_account).toBe(1);
  });
});
