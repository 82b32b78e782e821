import { CHANNELS } from './channels.ts';
import type { Plan } from './plan.ts';
import type { Studies } from './studies.ts';

/** A market that differs from the real one in a single respect; what it lacks is what that respect was worth. */
export interface World {
  kind: 'channel' | 'campaign' | 'group' | 'total' | 'engagement' | 'boycott' | 'study';
  id: string;
  /** one entry per cell (channel x campaign): 1 = never happened */
  isOff: Uint8Array;
  /** engaging adds nothing beyond seeing */
  withoutEngagement: boolean;
  withoutBoycott: boolean;
  /** only persons of this arm of the user study count; 0 = everybody */
  onlyArm: number;
  /** only geos that the geo study treats count */
  onlyTreatedGeos: boolean;
}

/** What a world lacks, summed over orders. Money in EUR minor units (fractions from exchange rates). */
export interface Missing {
  orders: number;
  revenue: number;
  netRevenue: number;
  /** the same by day of the order */
  ordersByDay: Float64Array;
  revenueByDay: Float64Array;
}

export function nothingMissing(days: number): Missing {
  return {
    orders: 0,
    revenue: 0,
    netRevenue: 0,
    ordersByDay: new Float64Array(days),
    revenueByDay: new Float64Array(days),
  };
}

export function cellOf(plan: Plan, channel: number, campaign: number): number {
  return channel * plan.campaigns.length + campaign;
}

/** The worlds that `truth` reports, in a fixed order. */
export function worldsOf(plan: Plan, studies: Studies): World[] {
  const worlds: World[] = [];
  type IsOff = (channel: number, campaign: number) => boolean;
  const add = (kind: World['kind'], id: string, off: IsOff, onlyArm = 0, onlyTreatedGeos = false): void => {
    const isOff = new Uint8Array(CHANNELS.length * plan.campaigns.length);
    for (let channel = 0; channel < CHANNELS.length; channel++) {
      for (let campaign = 0; campaign < plan.campaigns.length; campaign++) {
        if (off(channel, campaign)) isOff[cellOf(plan, channel, campaign)] = 1;
      }
    }
    worlds.push({
      kind,
      id,
      isOff,
      withoutEngagement: kind === 'engagement',
      withoutBoycott: kind === 'boycott',
      onlyArm,
      onlyTreatedGeos,
    });
  };
  CHANNELS.forEach((spec, index) => {
    add('channel', spec.id, (channel) => channel === index);
  });
  plan.campaigns.forEach((campaign, index) => {
    add('campaign', campaign.id, (_, other) => other === index);
  });
  for (const group of new Set(CHANNELS.map((spec) => spec.group))) {
    add('group', group, (channel) => CHANNELS[channel].group === group);
  }
  add('total', 'organic_social', (channel) => CHANNELS[channel].kind === 'organic');
  add('total', 'paid', (channel) => CHANNELS[channel].kind === 'paid');
  add('total', 'all_marketing', () => true);
  add('engagement', 'social_engagement', () => false);
  add('boycott', 'boycott', () => false);
  const meta = CHANNELS.findIndex((spec) => spec.id === 'meta_ads');
  const { geo, user, posting } = studies;
  if (geo) add('study', geo.name, (_, campaign) => campaign === geo.campaign, 0, true);
  if (user) add('study', user.name, (channel, campaign) => channel === meta && campaign === user.campaign, 1);
  if (posting) add('study', posting.name, (_, campaign) => campaign === posting.campaign);
  return worlds;
}

/** The response of a channel to its stock: Hill with slope 1, in [0, 1). */
export function response(stock: number, halfSaturation: number): number {
  return stock / (stock + halfSaturation);
}
