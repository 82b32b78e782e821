import { DAY_MILLISECONDS, isoDay, localTime } from '../calendar.ts';
import { hash32, seedOf } from '../hash.ts';
import type { Market } from '../market.ts';
import { ENGAGEMENT_KINDS } from '../tallies.ts';
import { ACCOUNTS, dailyOf, postsOn, withLink } from './posts.ts';
import { csvFile, grouped, sparseCsvFile } from './text.ts';

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
    anger[Math.floor((tallies.eventAt[event] - market.context.dayStarts[0]) / DAY_MILLISECONDS)]++;
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

/** `03/28/2026 22:15` on the account's clock. */
function americanTime(at: number): string {
  const local = localTime('Europe/Paris', at);
  return `${local.slice(5, 7)}/${local.slice(8, 10)}/${local.slice(0, 4)} ${local.slice(11, 16)}`;
}
