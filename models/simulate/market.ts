import { type Context, contextOf } from './context.ts';
import { createDiary } from './diary.ts';
import { expose } from './exposure.ts';
import { hash32, seedOf } from './hash.ts';
import { dialsOf, type MarketOptions } from './options.ts';
import { type Purchase, purchase } from './purchase.ts';
import { type SpendRow, spendOf } from './spend.ts';
import { createTallies, type Tallies } from './tallies.ts';
import { type Truth, truthOf } from './truth.ts';
import type { Visit } from './visits.ts';
import { type Missing, nothingMissing, type World, worldsOf } from './worlds.ts';

/** An order with the names its shop gave it. Money is in `basket`, in minor units of its currency. */
export interface Order extends Purchase {
  shop: 'eu' | 'us';
  id: string;
  name: string;
}

/** A market that was lived through: what happened, what the platforms could see of it, and what was true. */
export interface Market {
  context: Context;
  /** in order of time */
  visits: readonly Visit[];
  /** in order of time */
  orders: readonly Order[];
  /** what the platforms counted: posts, ads by day, engagements, geo-days */
  tallies: Tallies;
  /** one row per ad, day and market */
  spend: readonly SpendRow[];
  /** per person: instant of the first exposure to the user study's ads; NaN = never */
  firstStudyExposure: Float64Array;
  truth: Truth;
  /** the worlds behind the truth, and what each of them lacks by day */
  worlds: readonly { world: World; missing: Missing }[];
}

/**
 * Simulates a market with known truth: persons with latent demand, posts and ads that reach them, orders that would
 * have happened anyway, and orders that would not.
 *
 * Same options, same market, to the bit. The truth of a channel, campaign or the boycott is the difference between
 * this market and the one in which the same random numbers meet a world without it.
 *
 * @throws InputError `bad_parameter` for a dial out of range, `unknown_name` for a name in `without` that does not exist
 */
export function simulateMarket(options: MarketOptions): Market {
  const dials = dialsOf(options);
  const context = contextOf(dials);
  const worlds = worldsOf(context.plan, context.studies);
  const tallies = createTallies(context.plan, dials.geos.length, dials.days);
  const sales = {
    visits: [] as Visit[],
    purchases: [] as Purchase[],
    tallies,
    missing: worlds.map(() => nothingMissing(dials.days)),
  };
  const firstStudyExposure = new Float64Array(dials.persons).fill(Number.NaN);
  const diary = createDiary(dials.days);
  for (let person = 0; person < dials.persons; person++) {
    expose(context, person, diary, { visits: sales.visits, tallies, firstStudyExposure });
    purchase(context, worlds, person, diary, sales);
  }
  const spend = spendOf(context, tallies);
  return {
    context,
    ...inOrder(dials.seed, context, sales.visits, sales.purchases),
    tallies,
    spend,
    firstStudyExposure,
    worlds: worlds.map((world, index) => ({ world, missing: sales.missing[index] })),
    truth: truthOf(context, worlds, sales.missing, tallies, sales.purchases, spend),
  };
}

/** Sorts visits and orders by time, renumbers the link between them, and names the orders as the two shops do. */
function inOrder(seed: number, context: Context, visits: readonly Visit[], purchases: readonly Purchase[]) {
  const byTime = Array.from(visits.keys()).sort((a, b) => visits[a].at - visits[b].at || a - b);
  const place = new Int32Array(visits.length);
  byTime.forEach((visit, position) => {
    place[visit] = position;
  });
  const idSeed = seedOf(seed, 'orders');
  const next = { eu: 1001, us: 1001 };
  let id = 5600000000000;
  const orders = Array.from(purchases.keys())
    .sort((a, b) => purchases[a].at - purchases[b].at || a - b)
    .map((index): Order => {
      const held = purchases[index];
      const { country } = context.dials.geos[context.population.geo[held.person]];
      const shop = country === 'US' ? 'us' : 'eu';
      id += 32768 + (hash32(idSeed, index, 0) % 60000);
      const name = `#${shop === 'us' ? 'US' : ''}${next[shop]++}`;
      return { ...held, visit: held.visit < 0 ? -1 : place[held.visit], shop, id: String(id), name };
    });
  return { visits: byTime.map((visit) => visits[visit]), orders };
}

/** The address an order and an identify call carry; example.com belongs to nobody. */
export function emailOf(person: number): string {
  return `shopper-${String(person + 1).padStart(6, '0')}@example.com`;
}
