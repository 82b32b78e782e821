import { describe, expect, it } from 'vitest';
import { fixture, hasFixtures, reader } from './reading.ts';

const { read, expectSame } = reader();

describe('Hootsuite', () => {
  const posts = `Post performance,,,,,,,,,,,,,
"Mar 1, 2026 - Mar 31, 2026",,,,,,,,,,,,,
Date (GMT),Post ID,Post Message,Post Permalink,Post Type,Social Network,Impressions,Reach,Engagement,Likes,Comments,Shares,Post Link Clicks,Video Views
2026-03-28 22:15,111_333,"Mug, out now",https://facebook.com/111/posts/333,Photo,Facebook,"1,250",910,88,61,16,11,31,
2026-03-29 02:30,444,Making of,https://instagram.com/p/xyz,Reel,Instagram,5100,4050,301,251,41,9,,4700
2026-03-29 02:30,,Thread,https://x.com/shop/status/1224774552019853312,Text,X (Twitter),10,,1,1,0,0,0,
`;

  it('gives each row the platform and native id of its post', async () => {
    const file = await read(posts);
    expect(file.receipt).toMatchObject({ kind: 'hootsuite_posts_csv', accepted: 3 });
    expect(await file.rows('post', 'platform, post_id, published_at, kind')).toEqual([
      { platform: 'facebook', post_id: '333', published_at: '2026-03-28T22:15:00.000000Z', kind: 'post' },
      { platform: 'instagram', post_id: 'xyz', published_at: '2026-03-29T02:30:00.000000Z', kind: 'reel' },
      { platform: 'x', post_id: '1224774552019853312', published_at: '2026-03-29T02:30:00.000000Z', kind: 'post' },
    ]);
    expect(await file.metrics('333')).toEqual({
      impressions: 1250,
      reach: 910,
      reactions: 61,
      comments: 16,
      shares: 11,
      link_clicks: 31,
      engagements_reported: 88,
    });
    await expectSame(posts, {}, { preamble: 2 });
  });
});

describe('Sprout Social', () => {
  const posts = `Date,Post ID,Network,Post Type,Content Type,Profile,Sent by,Link,Post,Impressions,Reach,Engagements,Engagement Rate (per Impression),Reactions,Comments,Shares,Saves,Post Link Clicks,Video Views
03/28/2026 10:15 pm,17870000000000001,Instagram,Post,Reel,Shop,Jo Admin,https://www.instagram.com/reel/AAA,Mug,2000,1500,130,6.5%,100,20,5,5,,1800
03/29/2026 12:05 am,,Facebook,Post,Photo,Shop,Jo Admin,https://www.facebook.com/100/posts/2222,Cup,20,15,3,15%,1,2,0,,,
`;

  it('is the same post as the platform’s own, by native id, and older than it', async () => {
    const file = await read(posts, { time_zone: 'America/New_York' });
    expect(file.receipt).toMatchObject({ kind: 'sprout_posts_csv', accepted: 2, notes: [] });
    expect(await file.rows('post', 'platform, post_id, published_at, observed_at, kind')).toEqual([
      {
        platform: 'instagram',
        post_id: '17870000000000001',
        published_at: '2026-03-29T02:15:00.000000Z',
        observed_at: '2026-03-29T02:15:00.000000Z',
        kind: 'reel',
      },
      {
        platform: 'facebook',
        post_id: '2222',
        published_at: '2026-03-29T04:05:00.000000Z',
        observed_at: '2026-03-29T04:05:00.000000Z',
        kind: 'post',
      },
    ]);
    expect(JSON.stringify(await file.rows('post'))).not.toContain('Jo Admin');
    expect((await file.metrics('17870000000000001')).reactions).toBe(100);
    await expectSame(posts, { time_zone: 'UTC' });
  });

  it('refuses several profiles of one network until ours is declared', async () => {
    const two = posts
      .replace('Facebook,Post,Photo,Shop', 'Instagram,Post,Photo,Another client')
      .replace('facebook.com/100/posts/2222', 'instagram.com/p/BBB');
    const refused = await read(two);
    expect(refused.receipt).toMatchObject({ accepted: 0, rejected: 2 });
    expect(refused.receipt.rejects[0].reason).toMatch(/several profiles of one network; say with account/);
    const ours = await read(two, { account: 'Shop' });
    expect(await ours.rows('post', 'post_id')).toEqual([{ post_id: '17870000000000001' }]);
  });
});

describe('Buffer', () => {
  const posts = `Date,Update,Service,Service Link,Type,Impressions,Reach,Engagements,Likes,Comments,Shares,Clicks
2026-03-27T08:00:00Z,Mug,twitter,https://x.com/shop/status/2063000000000000001,text,800,,25,15,4,6,12
2026-03-27T08:00:00Z,Clip,youtube,https://youtu.be/-bc123DEF_4,video,80,,2,1,0,0,0
`;

  it('takes the id from the link, for it has no other', async () => {
    const file = await read(posts);
    expect(file.receipt).toMatchObject({ kind: 'buffer_posts_csv', accepted: 2 });
    expect(await file.rows('post', 'platform, post_id, published_at, is_published_zone_known')).toEqual([
      {
        platform: 'x',
        post_id: '2063000000000000001',
        published_at: '2026-03-27T08:00:00.000000Z',
        is_published_zone_known: 'true',
      },
      {
        platform: 'youtube',
        post_id: '-bc123DEF_4',
        published_at: '2026-03-27T08:00:00.000000Z',
        is_published_zone_known: 'true',
      },
    ]);
    expect(await file.metrics('2063000000000000001')).toEqual({
      impressions: 800,
      reactions: 15,
      comments: 4,
      shares: 6,
      link_clicks: 12,
      engagements_reported: 25,
    });
    await expectSame(posts);
  });
});

describe('Metricool', () => {
  const days = `Date;Followers;Gained followers;Lost followers;Posts;Impressions;Reach;Interactions
01/04/2026;2.345;12;-3;1;1.200;900;45
13/04/2026;2.360;20;-5;0;800;600;30
`;

  it('reads 2.345 followers as 2345, days before months where one day says so, and the lost as unfollows', async () => {
    const file = await read(days, { account: 'shop' });
    expect(file.receipt).toMatchObject({ kind: 'metricool_daily_csv', accepted: 2 });
    expect(await file.rows('metric_observation', 'from_date, metric, value', 'line_no, metric limit 4')).toEqual([
      { from_date: '2026-04-01', metric: 'engagements_reported', value: '45' },
      { from_date: '2026-04-01', metric: 'followers', value: '2345' },
      { from_date: '2026-04-01', metric: 'follows', value: '12' },
      { from_date: '2026-04-01', metric: 'impressions', value: '1200' },
    ]);
    expect((await file.metrics()).unfollows).toBe(5);
    await expectSame(days, {}, { delimiter: ';' });
  });
});

describe.skipIf(!hasFixtures())('the fixtures', () => {
  it.each([
    ['hootsuite_post_performance', 'hootsuite_posts_csv', 2],
    ['sprout_post_performance', 'sprout_posts_csv', 1],
    ['buffer_posts', 'buffer_posts_csv', 1],
    ['metricool_account_eu', 'metricool_daily_csv', 2],
  ])('reads %s', async (name, kind, records) => {
    const file = await read(fixture(`synthetic_ui_exports/${name}.csv`));
    expect(file.receipt).toMatchObject({ kind, read: records, accepted: records, rejected: 0 });
  });
});
