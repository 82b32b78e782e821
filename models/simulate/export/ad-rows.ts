import { isoDay } from '../calendar.ts';
import type { Item } from '../campaign.ts';
import { CHANNELS } from '../channels.ts';
import { digitsAt, seedOf } from '../hash.ts';
import type { Market } from '../market.ts';
import type { SpendRow } from '../spend.ts';

/** Ad accounts of the brand, by platform. Meta bills the United States through a second one, in dollars. */
export const AD_ACCOUNTS: Readonly<Record<string, string>> = {
  meta: '1700252260001001',
  meta_us: '1700252260001002',
  tiktok: '7134500000000000123',
  google: '2121450001',
  linkedin: '508000001',
};

/** A campaign's id on an ad platform. */
export function nativeCampaignId(market: Market, channel: number, campaign: number): string {
  const seed = seedOf(market.context.dials.seed, `campaign ids ${CHANNELS[channel].id}`);
  if (CHANNELS[channel].id === 'google_ads') return digitsAt('99', 10, seed, campaign);
  if (CHANNELS[channel].id === 'linkedin_ads') return digitsAt('14', 9, seed, campaign);
  return digitsAt(CHANNELS[channel].id === 'tiktok_ads' ? '17' : '12', 17, seed, campaign);
}

/** Name people gave the campaign on the platform: brand, market, and our id in their own spelling. */
export function nativeCampaignName(market: Market, item: Item, area: string): string {
  const { brand } = market.context.dials;
  return `${brand} | ${area} | ${market.context.plan.campaigns[item.campaign].id}`;
}

/** Rows of spend of one channel. */
export function rowsOf(market: Market, channelId: string): { row: SpendRow; item: Item; date: string }[] {
  return market.spend
    .map((row) => ({ row, item: market.context.plan.items[row.item] }))
    .filter(({ item }) => CHANNELS[item.channel].id === channelId)
    .map(({ row, item }) => ({ row, item, date: isoDay(market.context.dials.firstDay + row.day) }));
}

/** Adds up the two markets of a platform that keeps one account. */
export function byItemAndDay(
  rows: readonly { row: SpendRow; item: Item; date: string }[],
): { row: SpendRow; item: Item; date: string }[] {
  const merged = new Map<string, { row: SpendRow; item: Item; date: string }>();
  for (const entry of rows) {
    const key = `${entry.row.item} ${entry.row.day}`;
    const held = merged.get(key);
    if (!held) merged.set(key, { ...entry, row: { ...entry.row } });
    else {
      for (const name of ['impressions', 'reach', 'clicks', 'spend', 'conversions', 'conversionValue'] as const) {
        held.row[name] += entry.row[name];
      }
    }
  }
  return [...merged.values()];
}
