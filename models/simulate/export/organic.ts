import { longDay, mediumDay, monthAndDay } from '../calendar.ts';
import type { Market } from '../market.ts';
import { dailyOf, dayOf, postsOn, withLink } from './posts.ts';
import { csvFile, grouped } from './text.ts';

/** TikTok Studio, content: counts per video, the day of posting without a year. */
export function tiktokContentCsv(market: Market): string {
  return csvFile(
    [
      ...['Video title', 'Video link', 'Post time', 'Total likes', 'Total comments', 'Total shares', 'Total views'],
      ...['Average watch time', 'Add to favorites'],
    ],
    postsOn(market, 'tiktok').map((post) => [
      withLink(market, post.item, ' '),
      `https://www.tiktok.com/@${market.context.dials.brand.toLowerCase()}/video/${post.item.nativeId}`,
      monthAndDay(dayOf(market, post.item)),
      post.likes,
      post.comments,
      post.shares,
      post.views,
      (6 + (post.item.index % 9) + 0.5).toFixed(1),
      post.saves,
    ]),
  );
}

/** TikTok Studio, overview: by day, without a year. */
export function tiktokOverviewCsv(market: Market): string {
  const views = dailyOf(market, 'tiktok', market.tallies.impressions);
  const engaged = dailyOf(market, 'tiktok', market.tallies.engaged);
  return csvFile(
    ['Date', 'Video Views', 'Profile Views', 'Likes', 'Comments', 'Shares'],
    Array.from(views, (count, day) => [
      monthAndDay(market.context.dials.firstDay + day),
      count,
      Math.round(count / 11),
      Math.round(engaged[day] * 0.8),
      Math.round(engaged[day] * 0.12),
      Math.round(engaged[day] * 0.08),
    ]),
  );
}

/** X Analytics, content, in the form of 2025 and later: day without time or zone, thousands with commas. */
export function xContentCsv(market: Market): string {
  const posts = postsOn(market, 'x');
  return csvFile(
    [
      ...[
        'Post id',
        'Date',
        'Post text',
        'Post Link',
        'Impressions',
        'Likes',
        'Engagements',
        'Bookmarks',
        'Shares',
        'New follows',
      ],
      ...['Replies', 'Reposts', 'Profile visits', 'Detail Expands', 'URL Clicks', 'Hashtag Clicks', 'Permalink Clicks'],
    ],
    posts.reverse().map((post) => {
      const engagements = post.likes + post.saves + post.shares + post.comments + post.clicks + post.follows;
      return [
        post.item.nativeId,
        longDay(dayOf(market, post.item)),
        withLink(market, post.item, '\n'),
        `https://x.com/${market.context.dials.brand.toLowerCase()}/status/${post.item.nativeId}`,
        grouped(post.views),
        post.likes,
        engagements,
        post.saves,
        0,
        post.follows,
        post.comments,
        post.shares,
        0,
        0,
        post.clicks,
        0,
        0,
      ];
    }),
  );
}

/** YouTube Studio, `Table data.csv`: a Total row first. */
export function youtubeTableCsv(market: Market): string {
  const posts = postsOn(market, 'youtube');
  const rows = posts.map((post) => ({ ...post, hours: Math.round(post.views * 4.5) / 100, shown: post.views * 9 }));
  const sum = (of: (row: (typeof rows)[number]) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const rate = (views: number, shown: number): string => (shown > 0 ? ((100 * views) / shown).toFixed(2) : '');
  return csvFile(
    [
      ...[
        'Content',
        'Video title',
        'Video publish time',
        'Duration',
        'Views',
        'Watch time (hours)',
        'Subscribers',
        'Likes',
      ],
      ...['Comments added', 'Shares', 'Impressions', 'Impressions click-through rate (%)', 'Average view duration'],
    ],
    [
      [
        ...['Total', '', '', ''],
        ...[
          sum((row) => row.views),
          sum((row) => row.hours).toFixed(2),
          sum((row) => row.follows),
          sum((row) => row.likes),
        ],
        ...[sum((row) => row.comments), sum((row) => row.shares), sum((row) => row.shown)],
        ...[
          rate(
            sum((row) => row.views),
            sum((row) => row.shown),
          ),
          '0:02:42',
        ],
      ],
      ...rows.map((row) => [
        ...[row.item.nativeId, row.item.text, mediumDay(dayOf(market, row.item)), 180 + (row.item.index % 200)],
        ...[row.views, row.hours.toFixed(2), row.follows, row.likes, row.comments, row.shares, row.shown],
        ...[rate(row.views, row.shown), '0:02:42'],
      ]),
    ],
  );
}
