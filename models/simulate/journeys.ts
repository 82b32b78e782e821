import type { TimedJourneys } from '../attribution/timed-journeys.ts';
import { type PathRow, type Paths, pathsFromRows } from '../paths.ts';
import { DAY_MILLISECONDS } from './calendar.ts';
import { CHANNELS } from './channels.ts';
import { GRANTED } from './demand.ts';
import type { Market } from './market.ts';
import type { Visit } from './visits.ts';

export interface JourneyOptions {
  /** touches count up to so many days before the order; default 30 */
  lookbackDays?: number;
  /** `observed` (default): as the data show it, without visits of persons who gave no consent and with lost links as
   *  direct; `complete`: every visit under its true name */
  view?: 'observed' | 'complete';
  /** keep direct, search and e-mail visits as steps; default true */
  unpaid?: boolean;
}

/** One journey of a person: a conversion, or what was left without one. */
export interface Journey {
  person: number;
  path: string[];
  /** days before the journey's end at which each step happened */
  ageDays: number[];
  converted: boolean;
  /** EUR, order total as charged; 0 without conversion */
  revenue: number;
}

/**
 * Journeys of a market: a new one starts after each order (conversion cycles), steps in order of time.
 *
 * Steps are named by channel id (`instagram`, `meta_ads`, ...), as in the truth, or `direct`, `organic_search`, `email`.
 * What follows a person's last order is a journey without conversion, ending with the window. Cancelled orders are none.
 */
export function journeysOf(market: Market, options: JourneyOptions = {}): Journey[] {
  const { lookbackDays = 30, view = 'observed', unpaid = true } = options;
  const { context, orders, visits } = market;
  const { population, euroPerDollar, dayStarts, dials } = context;
  const steps: Visit[][] = Array.from({ length: dials.persons }, () => []);
  for (const visit of visits) {
    if (view === 'observed' && population.consent[visit.person] !== GRANTED) continue;
    if (!unpaid && channelName(visit, view) !== CHANNELS[visit.channel]?.id) continue;
    steps[visit.person].push(visit);
  }
  const next = new Int32Array(dials.persons);
  const journeys: Journey[] = [];
  const close = (person: number, end: number, converted: boolean, revenue: number): void => {
    const own = steps[person];
    const path: string[] = [];
    const ageDays: number[] = [];
    while (next[person] < own.length && own[next[person]].at < end) {
      const visit = own[next[person]++];
      const age = (end - visit.at) / DAY_MILLISECONDS;
      if (age > lookbackDays) continue;
      path.push(channelName(visit, view));
      ageDays.push(age);
    }
    if (converted || path.length > 0) journeys.push({ person, path, ageDays, converted, revenue });
  };
  for (const order of orders) {
    if (order.basket.isCancelled) continue;
    const rate = order.basket.currency === 'USD' ? euroPerDollar[order.day] : 1;
    close(order.person, order.at, true, (order.basket.total * rate) / 100);
  }
  const end = dayStarts[dials.days - 1] + DAY_MILLISECONDS;
  for (let person = 0; person < dials.persons; person++) close(person, end, false, 0);
  return journeys;
}

/** The same with real time, for the models that read it. */
export function timedJourneysOf(market: Market, options: JourneyOptions = {}): TimedJourneys {
  const journeys = journeysOf(market, options);
  const channels = [...new Set(journeys.flatMap(({ path }) => path))].sort();
  const index = new Map(channels.map((channel, number) => [channel, number]));
  const offsets = new Uint32Array(journeys.length + 1);
  journeys.forEach(({ path }, number) => {
    offsets[number + 1] = offsets[number] + path.length;
  });
  return {
    channels,
    offsets,
    channel: Uint32Array.from(journeys.flatMap(({ path }) => path.map((step) => index.get(step) as number))),
    ageDays: Float64Array.from(journeys.flatMap((journey) => journey.ageDays)),
    converted: Uint8Array.from(journeys, ({ converted }) => (converted ? 1 : 0)),
    revenue: Float64Array.from(journeys, ({ revenue }) => revenue),
  };
}

/** The same as distinct paths with counts, in the order of their text, ready for every path model. */
export function pathsOf(market: Market, options: JourneyOptions = {}): Paths {
  return pathsFromRows(pathRowsOf(market, options));
}

export function pathRowsOf(market: Market, options: JourneyOptions = {}): Required<PathRow>[] {
  const rows = new Map<string, Required<PathRow>>();
  for (const { path, converted, revenue } of journeysOf(market, options)) {
    const key = path.join(' > ');
    const row = rows.get(key) ?? { path, conversions: 0, nonConversions: 0, revenue: 0 };
    if (converted) row.conversions++;
    else row.nonConversions++;
    row.revenue += revenue;
    rows.set(key, row);
  }
  return [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function channelName(visit: Visit, view: 'observed' | 'complete'): string {
  if (view === 'observed' && visit.isLost) return 'direct';
  return visit.channel >= 0 ? CHANNELS[visit.channel].id : visit.source;
}
