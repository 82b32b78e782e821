import { type Basket, basketOf, refundedNet } from './basket.ts';
import type { Context } from './context.ts';
import type { Diary } from './diary.ts';
import { uniformAt } from './hash.ts';
import { claimOrder, countOrder, countProtest, type Tallies } from './tallies.ts';
import { browse, checkout, retarget, type Visit } from './visits.ts';
import { type Missing, response, type World } from './worlds.ts';

/** An order as it happened. */
export interface Purchase {
  person: number;
  day: number;
  at: number;
  basket: Basket;
  /** number of the visit that ended in this order; -1 = at the point of sale */
  visit: number;
}

export interface Sales {
  visits: Visit[];
  purchases: Purchase[];
  tallies: Tallies;
  /** what each world lacks, in the order of the worlds */
  missing: Missing[];
}

/** Half-life of the boycott in a person's mind, days. */
const BOYCOTT_HALF_LIFE = 10;

/**
 * Lets one person buy, and notes for each world which of the orders it lacks.
 *
 *     rate(t) = orderRate * (base * level(t) + drive(t)) * availability(t) * (1 - suppression(t))
 *
 * The person buys when the day's uniform number is below the rate. A world changes the rate and never the number, so
 * the orders a world lacks are those whose number lies between the two rates. Marketing adds to demand instead of
 * multiplying it: the truth hardly moves with confounding.
 */
export function purchase(context: Context, worlds: readonly World[], person: number, diary: Diary, sales: Sales): void {
  const { dials, population, demand } = context;
  const seed = population.seeds[person];
  const geo = population.geo[person];
  const arm = context.studies.user?.arm[person] ?? 0;
  const joinDay = boycottDay(context, seed, geo);
  const isFollower = population.isFollower[person] === 1;
  for (let day = 0; day < dials.days; day++) {
    if (day === joinDay) {
      const at = context.dayStarts[day] + 1000 * (36000 + Math.floor(36000 * uniformAt(seed, 0, 853)));
      countProtest(sales.tallies, person, population.reachable[person], geo, day, at, uniformAt(seed, 0, 852));
    }
    const demandRate = dials.orderRate * population.base[person] * demand.level[geo * dials.days + day];
    if (uniformAt(seed, day, 180) < 0.6 * demandRate) sales.visits.push(browse(context, person, day));
    const luck = uniformAt(seed, day, 181);
    // no world's rate is above this one; the margin covers the rounding between two ways of adding up
    const availability = demand.availability[day];
    if (luck >= (demandRate + dials.orderRate * diary.drive[day]) * availability * (1 + 1e-9)) continue;

    const suppression =
      joinDay >= 0 && day >= joinDay ? dials.boycott * 0.5 ** ((day - joinDay) / BOYCOTT_HALF_LIFE) : 0;
    const stocks = stocksOn(context, diary, day);
    const buysIn = (world: World | null): boolean => {
      const pull = pullIn(context, stocks, world);
      const kept = availability * (1 - (world?.withoutBoycott ? 0 : suppression));
      return luck < (demandRate + dials.orderRate * pull) * kept;
    };
    const buys = buysIn(null);
    const basket = basketOf(dials, context.plan, seed, dials.geos[geo], isFollower, day);
    if (!basket.isCancelled) {
      const isDollar = basket.currency === 'USD';
      const rate = isDollar ? context.euroPerDollar[day] : 1;
      const refundRate = isDollar && basket.refund > 0 ? context.euroPerDollar[basket.refundDay] : 1;
      const net = basket.net * rate - refundedNet(basket) * refundRate;
      for (let w = 0; w < worlds.length; w++) {
        if (worlds[w].onlyArm !== 0 && worlds[w].onlyArm !== arm) continue;
        if (worlds[w].onlyTreatedGeos && context.studies.geo?.isHeldOut[geo] === 1) continue;
        if (!differs(worlds[w], stocks, suppression)) continue;
        const difference = Number(buys) - Number(buysIn(worlds[w]));
        const lacks = sales.missing[w];
        lacks.orders += difference;
        lacks.revenue += difference * basket.total * rate;
        lacks.netRevenue += difference * net;
        lacks.ordersByDay[day] += difference;
        lacks.revenueByDay[day] += difference * basket.total * rate;
      }
    }
    if (buys) order(context, person, day, basket, diary, sales);
  }
}

/** The visits around an order, what the platforms claim of it, and the order itself. */
function order(context: Context, person: number, day: number, basket: Basket, diary: Diary, sales: Sales): void {
  const { population } = context;
  const seed = population.seeds[person];
  const geo = population.geo[person];
  const drawn = 36000 + Math.floor(45000 * uniformAt(seed, day, 182));
  const at = context.dayStarts[day] + 1000 * Math.max(drawn, diary.earliestOrder[day] + 600);
  let visit = -1;
  if (basket.source === 'web') {
    const shown = retarget(context, sales.tallies, person, day);
    if (shown) sales.visits.push(shown);
    if (diary.clickVisit[day] >= 0 && uniformAt(seed, day, 183) < 0.7) visit = diary.clickVisit[day];
    else {
      visit = sales.visits.length;
      sales.visits.push(checkout(context, sales.tallies, person, day, at));
    }
  }
  countOrder(sales.tallies, geo, day, basket, basket.currency === 'USD' ? context.euroPerDollar[day] : 1);
  if (!basket.isCancelled) claim(context, person, day, basket, diary, sales.tallies);
  sales.purchases.push({ person, day, at, basket, visit });
}

/** Each ad platform claims an order for its last click of 7 days, or else its last view of 1 day. */
function claim(context: Context, person: number, day: number, basket: Basket, diary: Diary, tallies: Tallies): void {
  const market = context.dials.geos[context.population.geo[person]].country === 'US' ? 1 : 0;
  const best = new Map<number, { entry: number; isClick: boolean }>();
  for (let entry = 0; entry < diary.length; entry++) {
    const age = day - diary.day[entry];
    const isClick = diary.isClick[entry] === 1;
    if (age < 0 || age > (isClick ? 7 : 1)) continue;
    const item = context.plan.items[diary.item[entry]];
    if (item.kind !== 'ad') continue;
    const held = best.get(item.channel);
    if (!held || isClick || !held.isClick) best.set(item.channel, { entry, isClick });
  }
  for (const { entry } of best.values()) {
    claimOrder(tallies, context.plan.items[diary.item[entry]], diary.day[entry], market, basket.total);
  }
}

/** Cells with stock on a day, ascending, and their stock with and without what engaging added. */
interface Stocks {
  cells: number[];
  all: number[];
  withoutEngagement: number[];
}

/** Doses older than this many half-lives are forgotten: a millionth of a millionth of what they were. */
const FORGOTTEN = 40;

function stocksOn(context: Context, diary: Diary, day: number): Stocks {
  const found = new Map<number, { all: number; withoutEngagement: number }>();
  for (let channel = 0; channel < context.left.length; channel++) {
    for (let entry = diary.channelStart[channel + 1] - 1; entry >= diary.channelStart[channel]; entry--) {
      const age = day - diary.day[entry] - context.dials.delayDays;
      if (age < 0) continue;
      const left = context.left[channel][age];
      if (left < 0.5 ** FORGOTTEN) break;
      const held = found.get(diary.cell[entry]);
      if (held) {
        held.all += left * diary.dose[entry];
        held.withoutEngagement += left * diary.doseWithoutEngagement[entry];
      } else {
        const all = left * diary.dose[entry];
        found.set(diary.cell[entry], { all, withoutEngagement: left * diary.doseWithoutEngagement[entry] });
      }
    }
  }
  const entries = [...found].sort(([a], [b]) => a - b);
  return {
    cells: entries.map(([cell]) => cell),
    all: entries.map(([, stock]) => stock.all),
    withoutEngagement: entries.map(([, stock]) => stock.withoutEngagement),
  };
}

/** Marketing's part of the rate in a world; null = the real one. Cells of one channel stand side by side. */
function pullIn(context: Context, stocks: Stocks, world: World | null): number {
  const campaigns = context.plan.campaigns.length;
  const { cells } = stocks;
  const amounts = world?.withoutEngagement ? stocks.withoutEngagement : stocks.all;
  let pull = 0;
  let stock = 0;
  for (let n = 0; n < cells.length; n++) {
    const channel = Math.floor(cells[n] / campaigns);
    if (!world || world.isOff[cells[n]] === 0) stock += amounts[n];
    if (n + 1 < cells.length && cells[n + 1] < (channel + 1) * campaigns) continue;
    if (stock > 0) pull += context.strength[channel] * response(stock, context.halfSaturation[channel]);
    stock = 0;
  }
  return pull;
}

/** Whether a world can differ from the real one on a day with these stocks. */
function differs(world: World, stocks: Stocks, suppression: number): boolean {
  if (world.withoutEngagement) return true;
  if (world.withoutBoycott) return suppression > 0;
  return stocks.cells.some((cell) => world.isOff[cell] === 1);
}

/** The day a person joins the boycott; -1 = never. */
function boycottDay(context: Context, seed: number, geo: number): number {
  if (context.dials.boycott === 0 || uniformAt(seed, 0, 850) >= context.anger[geo]) return -1;
  const day = context.boycottStart + Math.floor(-4 * Math.log(1 - uniformAt(seed, 0, 851)));
  return day < context.dials.days ? day : -1;
}
