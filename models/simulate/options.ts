import { InputError } from '../errors.ts';
import { dayNumber } from './calendar.ts';
import { CHANNEL_INDEX } from './channels.ts';
import { DEFAULT_GEOS, type Geo } from './geos.ts';

/** The dials of a market. Only `seed` is needed. */
export interface MarketOptions {
  seed: number;
  /** persons who can buy; default 4,000 */
  persons?: number;
  /** length of the observed window; default 90 */
  days?: number;
  /** last day of the window, ISO; default 2026-06-30 */
  lastDate?: string;
  geos?: readonly Geo[];
  brand?: string;
  /** 0 = who is reached and engages has nothing to do with demand, 1 = demand decides; default 0.5 */
  confounding?: number;
  /** scale of every true effect; 0 = nothing sells, 1 = as written in `CHANNELS`; default 1 */
  effect?: number;
  /** largest share of a person's orders that the boycott costs, in [0, 1]; default 0 */
  boycott?: number;
  /** whole days before seeing, engaging or clicking acts on sales; default 0 */
  delayDays?: number;
  /** scale of all half-lives; default 1 */
  carryOver?: number;
  /** scale of all half-saturations; small = saturates early; default 1 */
  saturation?: number;
  /** orders of the average person per day without any marketing; default 0.004 */
  orderRate?: number;
  /** amplitude of the yearly season, as a share; default 0.15 */
  season?: number;
  /** standard deviation of the daily demand shocks of geos, log scale; default 0.25 */
  shock?: number;
  /** standard deviation of persons' latent demand, log scale; default 0.8 */
  affinity?: number;
  /** number of two-day stock-outs, in which three quarters of the sales are lost everywhere; default 0 */
  stockOuts?: number;
  /** share of persons whose visits may not be followed; default 0.3 */
  missingConsent?: number;
  /** share of social clicks that arrive without UTM, click id and referrer; default 0.25 */
  lostLinks?: number;
  /** share of orders refunded, wholly or in part; default 0.07 */
  refundRate?: number;
  /** share of web events that arrive in a later file, and of those that arrive twice; default 0.04 */
  lateData?: number;
  /** share of geos kept free of the geo study's campaign; 0 = no study; default 0.6 */
  holdoutGeos?: number;
  /** share of what held-out geos should not see of the geo study's campaign that reaches them all the same; default 0 */
  spillover?: number;
  /** share of the user study's persons kept free of its ads; 0 = no study; default 0.3 */
  holdoutUsers?: number;
  /** length of the time blocks of a randomised posting schedule, in days; 0 = none; default 0 */
  postingBlockDays?: number;
  /** channels or campaigns that never ran; for counterfactual worlds */
  without?: readonly string[];
}

export type Dials = Required<MarketOptions> & { firstDay: number };

const SHARES = [
  'confounding',
  'boycott',
  'season',
  'missingConsent',
  'lostLinks',
  'refundRate',
  'lateData',
  'holdoutGeos',
  'holdoutUsers',
  'spillover',
] as const;

/**
 * Fills in the defaults and refuses what no market can have.
 *
 * @throws InputError `bad_parameter` naming the dial, what it got and its range
 */
export function dialsOf(options: MarketOptions): Dials {
  const days = options.days ?? 90;
  const lastDate = options.lastDate ?? '2026-06-30';
  const dials: Dials = {
    seed: options.seed,
    persons: options.persons ?? 4000,
    days,
    lastDate,
    geos: options.geos ?? DEFAULT_GEOS,
    brand: options.brand ?? 'Nordlys',
    confounding: options.confounding ?? 0.5,
    effect: options.effect ?? 1,
    boycott: options.boycott ?? 0,
    delayDays: options.delayDays ?? 0,
    carryOver: options.carryOver ?? 1,
    saturation: options.saturation ?? 1,
    orderRate: options.orderRate ?? 0.004,
    season: options.season ?? 0.15,
    shock: options.shock ?? 0.25,
    affinity: options.affinity ?? 0.8,
    stockOuts: options.stockOuts ?? 0,
    missingConsent: options.missingConsent ?? 0.3,
    lostLinks: options.lostLinks ?? 0.25,
    refundRate: options.refundRate ?? 0.07,
    lateData: options.lateData ?? 0.04,
    holdoutGeos: options.holdoutGeos ?? 0.6,
    spillover: options.spillover ?? 0,
    holdoutUsers: options.holdoutUsers ?? 0.3,
    postingBlockDays: options.postingBlockDays ?? 0,
    without: options.without ?? [],
    firstDay: 0,
  };
  whole('seed', dials.seed, 0, Number.MAX_SAFE_INTEGER);
  whole('persons', dials.persons, 1, 10_000_000);
  whole('days', days, 1, 3660);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(lastDate) || Number.isNaN(dayNumber(lastDate))) {
    throw new InputError('bad_parameter', `lastDate is ${lastDate}; give an ISO day such as 2026-06-30`);
  }
  if (!/^[A-Za-z][A-Za-z0-9]*$/.test(dials.brand)) {
    throw new InputError('bad_parameter', `brand is ${dials.brand}; give one word of letters and digits`);
  }
  dials.firstDay = dayNumber(lastDate) - days + 1;
  whole('delayDays', dials.delayDays, 0, 60);
  whole('stockOuts', dials.stockOuts, 0, days);
  whole('postingBlockDays', dials.postingBlockDays, 0, days);
  checkGeos(dials.geos);
  for (const name of SHARES) between(name, dials[name], 0, 1);
  between('effect', dials.effect, 0, 20);
  between('carryOver', dials.carryOver, 0.05, 50);
  between('saturation', dials.saturation, 0.01, 1000);
  between('orderRate', dials.orderRate, 0, 0.2);
  between('shock', dials.shock, 0, 2);
  between('affinity', dials.affinity, 0, 2);
  return dials;
}

/** Splits the names in `without` into channel numbers and campaign ids. */
export function switchedOff(
  names: readonly string[],
  campaignIds: readonly string[],
): { channels: Set<number>; campaigns: Set<number> } {
  const channels = new Set<number>();
  const campaigns = new Set<number>();
  for (const name of names) {
    const channel = CHANNEL_INDEX.get(name);
    const campaign = campaignIds.indexOf(name);
    if (channel !== undefined) channels.add(channel);
    else if (campaign >= 0) campaigns.add(campaign);
    else {
      throw new InputError(
        'unknown_name',
        `without: ${name} is neither a channel (${[...CHANNEL_INDEX.keys()].join(', ')}) nor a campaign (${campaignIds.join(', ')})`,
      );
    }
  }
  return { channels, campaigns };
}

function checkGeos(geos: readonly Geo[]): void {
  if (geos.length === 0) throw new InputError('bad_parameter', 'geos is empty; give at least one');
  const seen = new Set<string>();
  for (const { id, population } of geos) {
    if (seen.has(id)) throw new InputError('bad_parameter', `geos: ${id} stands twice; give each geo an id of its own`);
    if (!(population > 0)) {
      throw new InputError('bad_parameter', `geos: population of ${id} is ${population}; give a number above 0`);
    }
    seen.add(id);
  }
}

function between(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high)) {
    throw new InputError('bad_parameter', `${name} is ${value}; give a number from ${low} to ${high}`);
  }
}

function whole(name: string, value: number, low: number, high: number): void {
  between(name, value, low, high);
  if (!Number.isInteger(value)) throw new InputError('bad_parameter', `${name} is ${value}; give a whole number`);
}
