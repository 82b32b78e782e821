import type { Basket } from './basket.ts';
import type { Item } from './campaign.ts';
import { CHANNELS } from './channels.ts';
import type { Plan } from './plan.ts';

/** Kinds of engagement, in the order of the codes kept. */
export const ENGAGEMENT_KINDS = ['like', 'comment', 'share', 'save', 'follow', 'anger', 'unfollow', 'dislike'] as const;

/** Sums and events that the platforms can see. Columns instead of rows: a large market has millions of engagements. */
export interface Tallies {
  geos: number;
  days: number;
  /** per item */
  views: Float64Array;
  reach: Float64Array;
  clicks: Float64Array;
  /** items x kinds */
  engagements: Float64Array;
  /** first entry of an ad in the daily columns; -1 for posts. Daily columns are (day of flight) x 2 markets */
  adOffset: Int32Array;
  adImpressions: Float64Array;
  adReach: Float64Array;
  adClicks: Float64Array;
  adConversions: Float64Array;
  adConversionCents: Float64Array;
  /** channels x geos x days */
  impressions: Float64Array;
  engaged: Float64Array;
  /** geos x days */
  negative: Float64Array;
  orders: Float64Array;
  revenueCents: Float64Array;
  /** engagement events: person, item (-1 - channel when not on a post), kind, instant */
  eventPerson: number[];
  eventItem: number[];
  eventKind: number[];
  eventAt: number[];
}

export function createTallies(plan: Plan, geos: number, days: number): Tallies {
  const items = plan.items.length;
  const adOffset = new Int32Array(items).fill(-1);
  let cells = 0;
  for (const item of plan.items) {
    if (item.kind !== 'ad') continue;
    adOffset[item.index] = cells;
    cells += 2 * (item.end - item.start);
  }
  return {
    geos,
    days,
    views: new Float64Array(items),
    reach: new Float64Array(items),
    clicks: new Float64Array(items),
    engagements: new Float64Array(items * ENGAGEMENT_KINDS.length),
    adOffset,
    adImpressions: new Float64Array(cells),
    adReach: new Float64Array(cells),
    adClicks: new Float64Array(cells),
    adConversions: new Float64Array(cells),
    adConversionCents: new Float64Array(cells),
    impressions: new Float64Array(CHANNELS.length * geos * days),
    engaged: new Float64Array(CHANNELS.length * geos * days),
    negative: new Float64Array(geos * days),
    orders: new Float64Array(geos * days),
    revenueCents: new Float64Array(geos * days),
    eventPerson: [],
    eventItem: [],
    eventKind: [],
    eventAt: [],
  };
}

/** Cell of an ad's daily columns; `market` is 1 for the United States. */
export function adCell(tallies: Tallies, item: Item, day: number, market: number): number {
  return tallies.adOffset[item.index] + 2 * (day - item.start) + market;
}

export function countView(
  tallies: Tallies,
  item: Item,
  day: number,
  geo: number,
  market: number,
  impressions: number,
  isFirst: boolean,
): void {
  const { wastage } = CHANNELS[item.channel];
  tallies.views[item.index] += impressions;
  if (isFirst) tallies.reach[item.index]++;
  tallies.impressions[(item.channel * tallies.geos + geo) * tallies.days + day] += impressions * (1 + wastage);
  if (item.kind === 'ad') {
    const cell = adCell(tallies, item, day, market);
    tallies.adImpressions[cell] += impressions * (1 + wastage);
    tallies.adReach[cell] += 1 + wastage;
  }
}

export function countClick(tallies: Tallies, item: Item, day: number, market: number): void {
  tallies.clicks[item.index]++;
  if (item.kind === 'ad') tallies.adClicks[adCell(tallies, item, day, market)]++;
}

/** One positive engagement; `draw` picks the kind. */
export function countEngagement(
  tallies: Tallies,
  item: Item,
  day: number,
  geo: number,
  person: number,
  at: number,
  draw: number,
): void {
  const kind = draw < 0.74 ? 0 : draw < 0.84 ? 1 : draw < 0.91 ? 2 : draw < 0.97 ? 3 : 4;
  tallies.engagements[item.index * ENGAGEMENT_KINDS.length + kind]++;
  tallies.engaged[(item.channel * tallies.geos + geo) * tallies.days + day]++;
  recordEvent(tallies, person, item.index, kind, at);
}

/** A person who joins the boycott says so on one platform that carries it. */
export function countProtest(
  tallies: Tallies,
  person: number,
  reachable: number,
  geo: number,
  day: number,
  at: number,
  draw: number,
): void {
  const used = CHANNELS.map((_, index) => index).filter((c) => CHANNELS[c].kind === 'organic' && (reachable >> c) & 1);
  tallies.negative[geo * tallies.days + day]++;
  if (used.length === 0) return;
  const channel = used[Math.floor(draw * used.length)];
  const { platform } = CHANNELS[channel];
  const kind =
    platform === 'facebook' ? 5 : platform === 'youtube' ? 7 : platform === 'mastodon' || platform === 'x' ? 1 : 6;
  recordEvent(tallies, person, -1 - channel, kind, at);
}

export function countOrder(tallies: Tallies, geo: number, day: number, basket: Basket, euroPerUnit: number): void {
  if (basket.isCancelled) return;
  tallies.orders[geo * tallies.days + day]++;
  tallies.revenueCents[geo * tallies.days + day] += basket.total * euroPerUnit;
}

/** Credits an ad the way its platform does: on the day of the click or view, whoever else claims the same order. */
export function claimOrder(tallies: Tallies, item: Item, day: number, market: number, cents: number): void {
  const cell = adCell(tallies, item, day, market);
  tallies.adConversions[cell]++;
  tallies.adConversionCents[cell] += cents;
}

function recordEvent(tallies: Tallies, person: number, item: number, kind: number, at: number): void {
  tallies.eventPerson.push(person);
  tallies.eventItem.push(item);
  tallies.eventKind.push(kind);
  tallies.eventAt.push(at);
}
