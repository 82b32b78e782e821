import { describe, expect, it } from 'vitest';
import { fixture, hasFixtures, reader } from './reading.ts';

const { read, expectSame } = reader();

const CONTENT = `Post id,Date,Post text,Post Link,Impressions,Likes,Engagements,Bookmarks,Shares,New follows,Replies,Reposts,Profile visits,Detail Expands,URL Clicks,Hashtag Clicks,Permalink Clicks
1224774552019853312,"Tue, Feb 4, 2020","Mug, out now
https://t.co/abc",https://x.com/Shop/status/1224774552019853312,"1,234",12,71,5,2,1,3,4,9,20,18,0,0
2063000000000000002,"Sat, Mar 28, 2026","@customer sorry about that",https://x.com/shop/status/2063000000000000002,40,0,0,0,0,0,0,0,0,0,0,0,0
`;

describe('content export since 2025', () => {
  it('reads posts and replies, adds reposts and shares, and hides whom a reply speaks to', async () => {
    const posts = await read(CONTENT, { time_zone: 'Europe/Berlin' });
    expect(posts.receipt).toMatchObject({ kind: 'x_content_csv', accepted: 2, notes: [] });
    expect(await posts.rows('post', 'post_id, account_id, kind, text_excerpt, link_url')).toEqual([
      {
        post_id: '1224774552019853312',
        account_id: 'shop',
        kind: 'post',
        text_excerpt: 'Mug, out now https://t.co/abc',
        link_url: 'https://t.co/abc',
      },
      {
        post_id: '2063000000000000002',
        account_id: 'shop',
        kind: 'reply',
        text_excerpt: '@… sorry about that',
        link_url: null,
      },
    ]);
    expect(await posts.metrics('1224774552019853312')).toEqual({
      impressions: 1234,
      reactions: 12,
      comments: 3,
      shares: 6,
      saves: 5,
      link_clicks: 18,
      follows: 1,
      profile_visits: 9,
      engagements_reported: 71,
    });
  });

  it('takes the time from the id where it agrees with the day, and the day in its zone where it does not', async () => {
    expect(
      await (await read(CONTENT, { time_zone: 'Europe/Berlin' })).rows('post', 'published_at, is_published_zone_known'),
    ).toEqual([
      { published_at: '2020-02-04T19:19:43.069000Z', is_published_zone_known: 'true' },
      { published_at: '2026-03-27T23:00:00.000000Z', is_published_zone_known: 'true' },
    ]);
    expect(await (await read(CONTENT)).rows('post', 'published_at, is_published_zone_known')).toEqual([
      { published_at: '2020-02-04T19:19:43.069000Z', is_published_zone_known: 'true' },
      { published_at: '2026-03-28T00:00:00.000000Z', is_published_zone_known: 'false' },
    ]);
  });

  it('takes the id from the link, which a spreadsheet does not round', async () => {
    const rounded = await read(
      CONTENT.replace('\n1224774552019853312,', '\n1.22477E+18,').replace(
        '\n2063000000000000002,',
        '\n2063000000000000000,',
      ),
    );
    expect(await rounded.rows('post', 'post_id')).toEqual([
      { post_id: '1224774552019853312' },
      { post_id: '2063000000000000002' },
    ]);
  });

  it('rejects a row with neither id nor link, by its line', async () => {
    const some = await read(`${CONTENT},"Sat, Mar 28, 2026","no id",,0,0,0,0,0,0,0,0,0,0,0,0,0\n`);
    expect(some.receipt).toMatchObject({ read: 3, accepted: 2, rejected: 1 });
    expect(some.receipt.rejects).toContainEqual(
      expect.objectContaining({ line: 5, column: 'post_id', reason: 'is missing' }),
    );
    expect(some.receipt.streams.post).toBe(2);
  });

  it('is the same table with columns moved, unknown columns, a byte-order mark and Windows line ends', () =>
    expectSame(CONTENT, { time_zone: 'UTC' }));
});

describe('account overview', () => {
  const overview = `Date,Impressions,Likes,Engagements,Bookmarks,Shares,New follows,Unfollows,Replies,Reposts,Profile visits,Create Post,Video views,Media views
"Fri, Mar 27, 2026",1000,10,40,1,2,3,4,5,6,7,1,100,120
`;

  it('reads days with what was lost', async () => {
    const days = await read(overview, { account: 'shop' });
    expect(days.receipt).toMatchObject({ kind: 'x_overview_csv', accepted: 1 });
    expect(await days.metrics('shop')).toMatchObject({
      impressions: 1000,
      follows: 3,
      unfollows: 4,
      shares: 8,
      views: 100,
    });
    expect((await days.rows('metric_observation', 'distinct grain, from_date, entity_type', 'all'))[0]).toEqual({
      grain: 'day',
      from_date: '2026-03-27',
      entity_type: 'account',
    });
    await expectSame(overview);
  });
});

describe('tweet activity export', () => {
  const tweets = `Tweet id,Tweet permalink,Tweet text,time,impressions,engagements,engagement rate,retweets,replies,favorites,user profile clicks,url clicks,follows,media views,promoted impressions
1224774552019853312,https://twitter.com/Shop/status/1224774552019853312,"Read
this",2020-02-04 19:19 +0000,1376.0,39.0,0.0283,4.0,0.0,13.0,5.0,16.0,0,0,-
`;

  it('reads 1376.0 as a count, favorites as likes, and - as no observation', async () => {
    const posts = await read(tweets);
    expect(posts.receipt.kind).toBe('x_tweets_csv');
    expect(await posts.metrics()).toEqual({
      impressions: 1376,
      views: 0,
      reactions: 13,
      comments: 0,
      shares: 4,
      link_clicks: 16,
      follows: 0,
      profile_visits: 5,
      engagements_reported: 39,
    });
    expect((await posts.rows('post', 'published_at'))[0].published_at).toBe('2020-02-04T19:19:00.000000Z');
    await expectSame(tweets);
  });
});

describe.skipIf(!hasFixtures())('the fixtures', () => {
  it('adds up to 3,480 impressions, 96 engagements and 43 link clicks', async () => {
    const posts = await read(fixture('x_organic/analytics_ui_threetweets.csv'));
    expect(posts.receipt).toMatchObject({ read: 3, accepted: 3 });
    const sums = await posts.rows('metric_observation', 'metric, value');
    const total = (metric: string) =>
      sums.filter((row) => row.metric === metric).reduce((sum, row) => sum + Number(row.value), 0);
    expect(['impressions', 'engagements_reported', 'link_clicks'].map(total)).toEqual([3480, 96, 43]);
  });

  it('reads the file with empty lines inside its texts', async () => {
    expect((await read(fixture('x_organic/analytics_ui_twotweets.csv'))).receipt).toMatchObject({
      read: 2,
      accepted: 2,
    });
  });

  it('reads two posts of the 2026 export and rejects the row without id', async () => {
    const posts = await read(fixture('synthetic_ui_exports/x_analytics_content_2026.csv'));
    expect(posts.receipt).toMatchObject({ read: 3, accepted: 2, rejected: 1 });
    expect(await posts.rows('post', 'post_id, kind')).toEqual([
      { post_id: '2063000000000000001', kind: 'post' },
      { post_id: '2063000000000000002', kind: 'reply' },
    ]);
  });
});
