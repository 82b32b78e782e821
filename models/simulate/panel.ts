import type { Panel } from '../panel.ts';
import { isoDay, weekday } from './calendar.ts';
import { CHANNELS } from './channels.ts';
import type { Market } from './market.ts';
import { adCell } from './tallies.ts';

/** Names of the exposures in a market's panels: per channel impressions, and spend (paid) or engagements (organic). */
export const EXPOSURES: readonly string[] = [
  ...CHANNELS.flatMap(({ id, kind }) => [`${id}_impressions`, kind === 'paid' ? `${id}_spend` : `${id}_engagements`]),
  'negative_engagements',
];

/**
 * Geos by day: what an analyst would see, complete, with zeros where nothing happened.
 *
 * Covariates: `EXPOSURES`, `orders`, `revenue` (EUR, totals as charged, without cancelled orders) and `stock_out`
 * (0 or 1). Spend of a geo is the day's spend of its market in proportion to the channel's impressions there.
 *
 * @param outcome  what stands in `outcome`
 */
export function geoDayPanel(market: Market, outcome: 'orders' | 'revenue' = 'revenue'): Panel {
  const { context, tallies } = market;
  const { dials } = context;
  const { days, geos, firstDay } = dials;
  const price = euroPerImpression(market);
  const size = geos.length * days;
  const covariates: Record<string, Float64Array> = {
    orders: tallies.orders.slice(),
    revenue: tallies.revenueCents.map((cents) => cents / 100),
  };
  CHANNELS.forEach((channel, c) => {
    const impressions = tallies.impressions.slice(c * size, (c + 1) * size);
    covariates[`${channel.id}_impressions`] = impressions;
    if (channel.kind === 'organic') {
      covariates[`${channel.id}_engagements`] = tallies.engaged.slice(c * size, (c + 1) * size);
      return;
    }
    covariates[`${channel.id}_spend`] = impressions.map((count, cell) => {
      const us = geos[Math.floor(cell / days)].country === 'US' ? 1 : 0;
      return count * price[(c * days + (cell % days)) * 2 + us];
    });
  });
  covariates.negative_engagements = tallies.negative.slice();
  covariates.stock_out = Float64Array.from({ length: size }, (_, cell) =>
    context.demand.availability[cell % days] < 1 ? 1 : 0,
  );
  return {
    units: geos.map((geo) => geo.id),
    periods: Array.from({ length: days }, (_, day) => isoDay(firstDay + day)),
    outcome: covariates[outcome],
    covariates,
  };
}

/** The same by week, Monday to Sunday, named by the Monday; weeks that the window cuts are left out. */
export function geoWeekPanel(market: Market, outcome: 'orders' | 'revenue' = 'revenue'): Panel {
  const daily = geoDayPanel(market, outcome);
  const { firstDay, days } = market.context.dials;
  const mondays: number[] = [];
  for (let day = 0; day + 7 <= days; day++) if (weekday(firstDay + day) === 1) mondays.push(day);
  const weekly = (values: Float64Array): Float64Array =>
    Float64Array.from({ length: daily.units.length * mondays.length }, (_, cell) => {
      const start = Math.floor(cell / mondays.length) * days + mondays[cell % mondays.length];
      let sum = 0;
      for (let day = start; day < start + 7; day++) sum += values[day];
      return sum;
    });
  const covariates = Object.fromEntries(
    Object.entries(daily.covariates).map(([name, values]) => [name, weekly(values)]),
  );
  return {
    units: daily.units,
    periods: mondays.map((day) => isoDay(firstDay + day)),
    outcome: covariates[outcome],
    covariates,
  };
}

/** All units of a panel added up into one. */
export function nationalPanel(panel: Panel, outcome: 'orders' | 'revenue' = 'revenue'): Panel {
  const periods = panel.periods.length;
  const added = (values: Float64Array): Float64Array => {
    const sums = new Float64Array(periods);
    values.forEach((value, cell) => {
      sums[cell % periods] += value;
    });
    return sums;
  };
  const covariates = Object.fromEntries(
    Object.entries(panel.covariates).map(([name, values]) => [name, added(values)]),
  );
  return { units: ['all'], periods: panel.periods, outcome: covariates[outcome], covariates };
}

/** Euros per impression by channel, day and market. */
function euroPerImpression(market: Market): Float64Array {
  const { dials, euroPerDollar, plan } = market.context;
  const spend = new Float64Array(CHANNELS.length * dials.days * 2);
  const impressions = new Float64Array(CHANNELS.length * dials.days * 2);
  for (const row of market.spend) {
    const item = plan.items[row.item];
    const cell = (item.channel * dials.days + row.day) * 2 + row.market;
    spend[cell] += (row.currency === 'USD' ? row.spend * euroPerDollar[row.day] : row.spend) / 100;
    impressions[cell] += market.tallies.adImpressions[adCell(market.tallies, item, row.day, row.market)];
  }
  return spend.map((value, cell) => (impressions[cell] > 0 ? value / impressions[cell] : 0));
}
