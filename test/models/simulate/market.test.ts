import { describe, expect, it } from 'vitest';
import { type Market, simulateMarket } from '../../../models/simulate/market.ts';
import type { MarketOptions } from '../../../models/simulate/options.ts';

const SMALL: MarketOptions = { seed: 5, persons: 2000, days: 80, boycott: 0.4, confounding: 0.6, stockOuts: 2 };
const market = simulateMarket(SMALL);

/** Uncancelled orders and their revenue in EUR cents, counted from the orders themselves. */
function totalsOf({ orders, context }: Market, start = 0, end = Number.POSITIVE_INFINITY) {
  const kept = orders.filter((order) => !order.basket.isCancelled && order.day >= start && order.day < end);
  const rate = (order: (typeof orders)[number]) =>
    order.basket.currency === 'USD' ? context.euroPerDollar[order.day] : 1;
  return { orders: kept.length, revenue: kept.reduce((sum, order) => sum + order.basket.total * rate(order), 0) / 100 };
}

/** Difference in orders per person between those who clicked on an organic post and those who did not. */
function naiveGap({ visits, orders, context }: Market): number {
  const clicked = new Uint8Array(context.dials.persons);
  const bought = new Float64Array(context.dials.persons);
  for (const visit of visits) if (visit.source === 'social') clicked[visit.person] = 1;
  for (const order of orders) bought[order.person]++;
  const mean = (flag: number): number => {
    const persons = Array.from(bought.keys()).filter((person) => clicked[person] === flag);
    return persons.reduce((sum, person) => sum + bought[person], 0) / persons.length;
  };
  return mean(1) - mean(0);
}

describe('simulateMarket', () => {
  it('lives the same market twice from one seed, and another from another', () => {
    const again = simulateMarket(SMALL);
    expect(again.orders).toEqual(market.orders);
    expect(again.visits).toEqual(market.visits);
    expect(again.truth).toEqual(market.truth);
    expect(simulateMarket({ ...SMALL, seed: 6 }).truth.revenue).not.toBe(market.truth.revenue);
  });

  it.each(['instagram', 'tiktok', 'meta_ads', 'mastodon', 'sun_care', 'creator_lena', 'spring_glow'])(
    'tells of %s what living the market without it shows',
    (name) => {
      const without = totalsOf(simulateMarket({ ...SMALL, without: [name] }));
      const all = totalsOf(market);
      const told = [...market.truth.channels, ...market.truth.campaigns].find(({ id }) => id === name);
      expect(told?.incremental_orders).toBe(all.orders - without.orders);
      expect(told?.incremental_revenue).toBeCloseTo(all.revenue - without.revenue, 2);
    },
  );

  it('tells of the boycott what living the market without it shows: a loss', () => {
    const peaceful = totalsOf(simulateMarket({ ...SMALL, boycott: 0 }));
    const { boycott } = market.truth;
    expect(boycott.incremental_orders).toBe(totalsOf(market).orders - peaceful.orders);
    expect(boycott.incremental_orders).toBeLessThan(0);
    expect(boycott.incremental_revenue).toBeLessThan(0);
  });

  it('tells of all marketing what a market with effect 0 shows', () => {
    const idle = simulateMarket({ ...SMALL, effect: 0 });
    const all = market.truth.totals.find(({ id }) => id === 'all_marketing');
    expect(all?.incremental_orders).toBe(totalsOf(market).orders - totalsOf(idle).orders);
    const { channels, campaigns, groups, totals, social_engagement, studies } = idle.truth;
    for (const effect of [...channels, ...campaigns, ...groups, ...totals, social_engagement, ...studies]) {
      expect(effect.incremental_orders).toBe(0);
      expect(effect.incremental_revenue).toBe(0);
    }
  });

  it('keeps parts and wholes in order', () => {
    const { channels, totals, social_engagement, orders } = market.truth;
    const total = (id: string): number => totals.find((effect) => effect.id === id)?.incremental_orders ?? Number.NaN;
    const organic = channels.filter(({ kind }) => kind === 'organic').map((channel) => channel.incremental_orders);
    for (const count of organic) expect(count).toBeLessThanOrEqual(total('organic_social'));
    expect(total('organic_social')).toBeLessThanOrEqual(total('all_marketing'));
    expect(total('paid')).toBeLessThanOrEqual(total('all_marketing'));
    // channels add to the rate, so they add up on average; one order can still be missing in two worlds, another in none
    const sum = organic.reduce((added, count) => added + count, 0);
    expect(Math.abs(sum - total('organic_social'))).toBeLessThan(4 * Math.sqrt(total('organic_social')));
    expect(total('all_marketing')).toBeLessThan(orders);
    expect(social_engagement.incremental_orders).toBeLessThanOrEqual(total('organic_social'));
    expect(social_engagement.incremental_orders).toBeGreaterThan(0);
  });

  it('widens the gap between exposed and unexposed with confounding while the truth stays', () => {
    const at = [0, 0.5, 1].map((confounding) => simulateMarket({ seed: 3, persons: 6000, days: 90, confounding }));
    const gaps = at.map(naiveGap);
    expect(gaps[1]).toBeGreaterThan(gaps[0] + 0.1);
    expect(gaps[2]).toBeGreaterThan(gaps[1] + 0.05);
    const truths = at.map(
      ({ truth }) => truth.totals.find(({ id }) => id === 'all_marketing')?.incremental_orders ?? 0,
    );
    for (const truth of truths) expect(Math.abs(truth / truths[0] - 1)).toBeLessThan(0.15);
  });

  it('sells less through a channel that saturates early, and more through one that is remembered longer', () => {
    const of = (options: Partial<MarketOptions>): number =>
      simulateMarket({ ...SMALL, ...options }).truth.totals.find(({ id }) => id === 'all_marketing')
        ?.incremental_orders ?? 0;
    const now = of({});
    expect(of({ carryOver: 3 })).toBeGreaterThan(now);
    expect(of({ carryOver: 0.3 })).toBeLessThan(now);
    expect(of({ saturation: 10 })).toBeLessThan(now);
    expect(of({ delayDays: 40 })).toBeLessThan(now);
  });

  it('brings the whole effect as far as saturation allows: doubling reach sells less than twice as much', () => {
    const heavy = simulateMarket({ seed: 8, persons: 5000, days: 60, saturation: 0.05, confounding: 0 });
    const light = simulateMarket({ seed: 8, persons: 5000, days: 60, saturation: 5, confounding: 0 });
    const share = ({ truth }: Market): number => {
      const total = truth.totals.find(({ id }) => id === 'organic_social')?.incremental_orders ?? 0;
      const always = truth.campaigns.find(({ id }) => id === 'always_on')?.incremental_orders ?? 0;
      return always / total;
    };
    // dropping the always-on posts hurts little where what is left saturates the channel anyway
    expect(share(heavy)).toBeLessThan(share(light));
  });

  it('loses three quarters of the sales on the days of a stock-out', () => {
    const { availability } = market.context.demand;
    const out = Array.from(availability.entries())
      .filter(([, share]) => share < 1)
      .map(([day]) => day);
    expect(out.length).toBeGreaterThan(1);
    const kept = simulateMarket({ ...SMALL, stockOuts: 0 });
    const on = (of: Market): number => of.orders.filter((order) => out.includes(order.day)).length;
    expect(on(market)).toBeLessThan(0.6 * on(kept));
    expect(market.orders.filter((order) => !out.includes(order.day)).length).toBe(
      kept.orders.filter((order) => !out.includes(order.day)).length,
    );
  });

  it('puts every order after what led to it', () => {
    for (const order of market.orders) {
      if (order.visit >= 0) {
        expect(market.visits[order.visit].person).toBe(order.person);
        expect(market.visits[order.visit].at).toBeLessThan(order.at);
      } else expect(order.basket.source).toBe('pos');
      const end = market.context.dayStarts[order.day] + 86400000;
      expect(order.at).toBeGreaterThanOrEqual(market.context.dayStarts[order.day]);
      expect(order.at).toBeLessThan(end);
    }
    for (const visit of market.visits) {
      const item = market.context.plan.items[visit.item];
      if (item?.kind !== 'post') continue;
      expect(visit.at).toBeGreaterThan(market.context.dayStarts[item.start] + item.second * 1000);
    }
  });

  it('returns no more money than an order brought, and only after it', () => {
    for (const { basket, day } of market.orders) {
      expect(basket.refund).toBeLessThanOrEqual(basket.total);
      if (basket.refund > 0) expect(basket.refundDay).toBeGreaterThan(day);
      const goods = basket.lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
      expect(basket.subtotal).toBe(goods - basket.discount);
      expect(basket.total).toBe(basket.subtotal + basket.shipping + (basket.isTaxIncluded ? 0 : basket.tax));
    }
    const share = market.orders.filter(({ basket }) => basket.refund > 0).length / market.orders.length;
    // 7 % less the orders whose refund falls after the window
    expect(share).toBeGreaterThan(0.03);
    expect(share).toBeLessThan(0.09);
  });
});
