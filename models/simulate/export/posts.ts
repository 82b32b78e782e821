import type { Item } from '../campaign.ts';
import { CHANNEL_INDEX, CHANNELS } from '../channels.ts';
import type { Market } from '../market.ts';
import { ENGAGEMENT_KINDS } from '../tallies.ts';
import { shopHost, utmCampaign } from './links.ts';

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

/** What the author wrote, with the tagged link of the campaign. */
export function withLink(market: Market, item: Item, gap: string): string {
  const campaign = utmCampaign(market, item);
  const { platform } = CHANNELS[item.channel];
  const code = market.context.plan.campaigns[item.campaign].discountCode;
  const tags = `utm_source=${platform}&utm_medium=social${campaign ? `&utm_campaign=${campaign}` : ''}`;
  const link = `https://${shopHost(market)}/?${tags}`;
  return `${item.text}${code ? ` Code ${code}.` : ''}${gap}${link}`;
}

/** Day number on which a post went out. */
export function dayOf(market: Market, item: Item): number {
  return market.context.dials.firstDay + item.start;
}
