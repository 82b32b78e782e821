import { isoDay, localTime, longDay, mediumDay, monthAndDay } from '../calendar.ts';
import { CHANNEL_INDEX, CHANNELS } from '../channels.ts';
import { hash32, seedOf } from '../hash.ts';
import type { Market } from '../market.ts';
import type { Item } from '../plan.ts';
import { ENGAGEMENT_KINDS } from '../tallies.ts';
import { shopHost, utmCampaign } from './links.ts';
import { csvFile, grouped, sparseCsvFile } from './text.ts';

/** Accounts of the brand, by platform. */
export const ACCOUNTS: Readonly<Record<string, string>> = {
  instagram: '17841400000000777',
  facebook: '615710000000777',
  linkedin: 'urn:li:organization:777001',
};

/** Counts of one post as its platform shows them when the window ends. */
export interface PostCounts {
  item: Item;
  /** instant of publication */
  at: number;
  views: number;
  reach: number;
  likes: number;
  comments: number;
  shares: number;
  saves: number;
  follows: number;
  clicks: number;
}

/** Posts of a platform in the order in which they went out. */
export function postsOn(market: Market, platform: string): PostCounts[] {
  const { plan, dayStarts, off } = market.context;
  const channel = CHANNEL_INDEX.get(platform) as number;
  const { tallies } = market;
  const kind = (item: Item, name: (typeof ENGAGEMENT_KINDS)[number]): number =>
    tallies.engagements[item.index * ENGAGEMENT_KINDS.length + ENGAGEMENT_KINDS.indexOf(name)];
  return plan.items
    .filter((item) => item.kind === 'post' && item.channel === channel)
    .filter((item) => !off.channels.has(channel) && !off.campaigns.has(item.campaign))
    .map((item) => ({
      item,
      at: dayStarts[item.start] + item.second * 1000,
      views: tallies.views[item.index],
      reach: tallies.reach[item.index],
      likes: kind(item, 'like'),
      comments: kind(item, 'comment'),
      shares: kind(item, 'share'),
      saves: kind(item, 'save'),
      follows: kind(item, 'follow'),
      clicks: tallies.clicks[item.index],
    }))
    .sort((a, b) => a.at - b.at || a.item.index - b.item.index);
}

/** Sum over geos of a daily exposure column of one channel. */
export function dailyOf(market: Market, platform: string, column: Float64Array): Float64Array {
  const { days, geos } = market.context.dials;
  const channel = CHANNEL_INDEX.get(platform) as number;
  const sums = new Float64Array(days);
  for (let geo = 0; geo < geos.length; geo++) {
    for (let day = 0; day < days; day++) sums[day] += column[(channel * geos.length + geo) * days + day];
  }
  return sums;
}

/** Meta Business Suite, Instagram posts: BOM, US date order without a zone (it is the account's, Europe/Paris). */
export function instagramPostsCsv(market: Market): string {
  const { brand } = market.context.dials;
  return `\uFEFF${csvFile(
    [
      ...['Post ID', 'Account ID', 'Account username', 'Account name', 'Description', 'Duration (sec)', 'Publish time'],
      ...[
        'Permalink',
        'Post type',
        'Data comment',
        'Date',
        'Views',
        'Reach',
        'Likes',
        'Shares',
        'Follows',
        'Comments',
        'Saves',
      ],
    ],
    postsOn(market, 'instagram').map((post) => [
      post.item.nativeId,
      ACCOUNTS.instagram,
      brand.toLowerCase(),
      brand,
      withLink(market, post.item, '\n'),
      post.item.format === 'IG reel' ? 18 + (post.item.index % 30) : 0,
      americanTime(post.at),
      `https://www.instagram.com/${post.item.format === 'IG reel' ? 'reel' : 'p'}/${post.item.secondId}/`,
      post.item.format,
      '',
      'Lifetime',
      grouped(post.views),
      post.reach,
      post.likes,
      post.shares,
      post.follows,
      post.comments,
      post.saves,
    ]),
  )}`;
}

/** Meta Business Suite, Facebook posts. */
export function facebookPostsCsv(market: Market): string {
  const { brand } = market.context.dials;
  return `\uFEFF${csvFile(
    [
      ...['Post ID', 'Page ID', 'Page name', 'Title', 'Description', 'Duration (sec)', 'Publish time', 'Permalink'],
      ...['Post type', 'Date', 'Views', 'Reach', 'Reactions', 'Comments', 'Shares'],
    ],
    postsOn(market, 'facebook').map((post) => [
      post.item.nativeId,
      ACCOUNTS.facebook,
      brand,
      post.item.text,
      withLink(market, post.item, ' '),
      post.item.format === 'Reel' ? 20 : 0,
      americanTime(post.at),
      `https://www.facebook.com/${ACCOUNTS.facebook}/posts/${post.item.nativeId}`,
      post.item.format,
      'Lifetime',
      grouped(post.views),
      post.reach,
      post.likes,
      post.comments,
      post.shares,
    ]),
  )}`;
}

const FACEBOOK_PAGE_HEADER =
  'date,page_id,_fivetran_synced,page_actions_post_reactions_anger_total,page_actions_post_reactions_haha_total,page_actions_post_reactions_like_total,page_actions_post_reactions_love_total,page_actions_post_reactions_sorry_total,page_actions_post_reactions_total,page_actions_post_reactions_wow_total,page_fan_adds,page_fan_removes,page_fans,page_negative_feedback,page_post_engagements,page_media_view'.split(
    ',',
  );

/** Facebook page by day, as Fivetran lays it down: a value at 07:00 UTC belongs to the day before. Anger is the boycott. */
export function facebookPageCsv(market: Market): string {
  const { days, firstDay, lastDate } = market.context.dials;
  const views = dailyOf(market, 'facebook', market.tallies.impressions);
  const engaged = dailyOf(market, 'facebook', market.tallies.engaged);
  const anger = new Float64Array(days);
  const { tallies } = market;
  for (let event = 0; event < tallies.eventKind.length; event++) {
    if (ENGAGEMENT_KINDS[tallies.eventKind[event]] !== 'anger') continue;
    anger[Math.floor((tallies.eventAt[event] - market.context.dayStarts[0]) / 86400000)]++;
  }
  let fans = 8200;
  const rows = Array.from({ length: days }, (_, day) => {
    const adds = 2 + (hash32(seedOf(market.context.dials.seed, 'fans'), day, 0) % 6);
    const removes = (day % 4) + Math.round(anger[day] * 0.6);
    fans += adds - removes;
    return {
      date: `${isoDay(firstDay + day + 1)} 07:00:00 UTC`,
      page_id: ACCOUNTS.facebook,
      _fivetran_synced: `${lastDate} 21:05:33.416 UTC`,
      page_actions_post_reactions_anger_total: anger[day],
      page_actions_post_reactions_like_total: engaged[day],
      page_actions_post_reactions_total: engaged[day] + anger[day],
      page_fan_adds: adds,
      page_fan_removes: removes,
      page_fans: fans,
      page_negative_feedback: Math.round(anger[day] * 1.5),
      page_post_engagements: engaged[day],
      page_media_view: views[day],
    };
  });
  return sparseCsvFile(FACEBOOK_PAGE_HEADER, rows, '0');
}

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

/** LinkedIn share statistics (Fivetran): two snapshots of the same lifetime counts, the later one is the truth. */
export function linkedinSharesCsv(market: Market): string {
  const { lastDate, firstDay, days } = market.context.dials;
  const snapshots = [
    { date: isoDay(firstDay + Math.floor(days / 2)), share: 0.8 },
    { date: lastDate, share: 1 },
  ];
  const posts = postsOn(market, 'linkedin');
  const seed = seedOf(market.context.dials.seed, 'linkedin shares');
  return csvFile(
    [
      ...[
        '_fivetran_id',
        '_fivetran_synced',
        '_organization_entity_urn',
        '_share_entity_urn',
        'click_count',
        'comment_count',
      ],
      ...['engagement', 'impression_count', 'like_count', 'share_count'],
    ],
    snapshots.flatMap(({ date, share }, snapshot) =>
      posts
        .filter((post) => isoDay(dayOf(market, post.item)) < date)
        .map((post) => {
          const part = (count: number): number => Math.round(count * share);
          const total = part(post.clicks) + part(post.likes) + part(post.comments) + part(post.shares);
          return [
            hash32(seed, post.item.index, snapshot).toString(16),
            `${date}T22:59:43.438`,
            ACCOUNTS.linkedin,
            `urn:li:share:${post.item.nativeId}`,
            part(post.clicks),
            part(post.comments),
            post.views > 0 ? (total / part(post.views)).toFixed(4) : 0,
            part(post.views),
            part(post.likes),
            part(post.shares),
          ];
        }),
    ),
  );
}

/** LinkedIn posts (Fivetran): when each share was published. */
export function linkedinPostsCsv(market: Market): string {
  const header =
    '_fivetran_synced,author,commentary,container_entity,created_actor,created_time,distribution_external_distribution_channels,distribution_feed_distribution,first_published_at,id,last_modified_actor,last_modified_time,lifecycle_state,response_context_parent,response_context_root,visibility'.split(
      ',',
    );
  return sparseCsvFile(
    header,
    postsOn(market, 'linkedin').map((post) => {
      const at = `${new Date(post.at).toISOString().slice(0, 19).replace('T', ' ')}.678000 UTC`;
      return {
        _fivetran_synced: `${market.context.dials.lastDate} 22:40:48.712000 UTC`,
        author: ACCOUNTS.linkedin,
        commentary: withLink(market, post.item, ' '),
        created_time: at,
        distribution_external_distribution_channels: '[]',
        distribution_feed_distribution: 'MAIN_FEED',
        first_published_at: at,
        id: `urn:li:share:${post.item.nativeId}`,
        last_modified_time: at,
        lifecycle_state: 'PUBLISHED',
        visibility: 'PUBLIC',
      };
    }),
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

/** What the author wrote, with the tagged link of the campaign. */
export function withLink(market: Market, item: Item, gap: string): string {
  const campaign = utmCampaign(market, item);
  const { platform } = CHANNELS[item.channel];
  const code = market.context.plan.campaigns[item.campaign].discountCode;
  const tags = `utm_source=${platform}&utm_medium=social${campaign ? `&utm_campaign=${campaign}` : ''}`;
  const link = `https://${shopHost(market)}/?${tags}`;
  return `${item.text}${code ? ` Code ${code}.` : ''}${gap}${link}`;
}

function dayOf(market: Market, item: Item): number {
  return market.context.dials.firstDay + item.start;
}

/** `03/28/2026 22:15` on the account's clock. */
function americanTime(at: number): string {
  const local = localTime('Europe/Paris', at);
  return `${local.slice(5, 7)}/${local.slice(8, 10)}/${local.slice(0, 4)} ${local.slice(11, 16)}`;
}
