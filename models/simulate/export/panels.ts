import { isoDay, weekday } from '../calendar.ts';
import { CHANNELS } from '../channels.ts';
import type { Market } from '../market.ts';
import { adCell } from '../tallies.ts';
import { csvFile, money } from './text.ts';

/** Columns of exposure in both panels, per channel. */
function columnsOf(): string[] {
  return CHANNELS.flatMap((channel) =>
    channel.kind === 'paid'
      ? [`${channel.id}_impressions`, `${channel.id}_spend`]
      : [`${channel.id}_impressions`, `${channel.id}_engagements`],
  );
}

/**
 * Outcome and exposures of one geo-day, in the order of the header.
 *
 * Spend of a geo is the day's spend of its market in proportion to the channel's impressions there.
 */
function cellsOf(market: Market, spendPerImpression: Float64Array, geo: number, day: number): number[] {
  const { tallies, context } = market;
  const { days, geos } = context.dials;
  const cell = geo * days + day;
  const cells = [tallies.orders[cell], tallies.revenueCents[cell] / 100];
  const us = geos[geo].country === 'US' ? 1 : 0;
  for (let channel = 0; channel < CHANNELS.length; channel++) {
    const impressions = tallies.impressions[channel * geos.length * days + cell];
    cells.push(impressions);
    cells.push(
      CHANNELS[channel].kind === 'paid'
        ? impressions * spendPerImpression[(channel * days + day) * 2 + us]
        : tallies.engaged[channel * geos.length * days + cell],
    );
  }
  cells.push(tallies.negative[cell]);
  return cells;
}

/** Euros per impression by channel, day and market. */
function spendPerImpression(market: Market): Float64Array {
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

/** Geo by day: `geo, date, orders, revenue`, exposures, negative engagement. For `liftproof model lift`. */
export function geoDaysCsv(market: Market): string {
  const { dials } = market.context;
  const price = spendPerImpression(market);
  const rows: (string | number)[][] = [];
  dials.geos.forEach((geo, g) => {
    for (let day = 0; day < dials.days; day++) {
      const [orders, revenue, ...exposures] = cellsOf(market, price, g, day);
      const cells = exposures.map((value) => (Number.isInteger(value) ? value : money(value * 100)));
      rows.push([geo.id, isoDay(dials.firstDay + day), orders, money(revenue * 100), ...cells]);
    }
  });
  return csvFile(['geo', 'date', 'orders', 'revenue', ...columnsOf(), 'negative_engagements'], rows);
}

/** Nation by week, Monday to Sunday; weeks that the window cuts are left out. For `liftproof model mix`. */
export function weeksCsv(market: Market): string {
  const { dials } = market.context;
  const price = spendPerImpression(market);
  const rows: (string | number)[][] = [];
  for (let start = 0; start + 7 <= dials.days; start++) {
    if (weekday(dials.firstDay + start) !== 1) continue;
    const sums = new Float64Array(2 + 2 * CHANNELS.length + 1);
    for (let day = start; day < start + 7; day++) {
      for (let geo = 0; geo < dials.geos.length; geo++) {
        cellsOf(market, price, geo, day).forEach((value, column) => {
          sums[column] += value;
        });
      }
    }
    const cells = Array.from(sums, (value) =>
      Math.abs(value - Math.round(value)) < 1e-9 ? Math.round(value) : money(value * 100),
    );
    rows.push([isoDay(dials.firstDay + start), ...cells]);
  }
  return csvFile(['week', 'orders', 'revenue', ...columnsOf(), 'negative_engagements'], rows);
}

/** The drivers of the weekly panel, as `liftproof model mix --config` reads them. */
export function mixYaml(): string {
  const drivers = CHANNELS.map((channel) =>
    channel.kind === 'paid'
      ? `  - name: ${channel.id}\n    kind: paid\n    column: ${channel.id}_impressions\n    spend_column: ${channel.id}_spend`
      : `  - name: ${channel.id}\n    kind: organic\n    column: ${channel.id}_impressions`,
  );
  return [
    '# What may move the revenue of weekly.csv. Engagement is left out: it is caused by the posts whose impressions stand here.',
    'period: week',
    'outcome: revenue',
    'drivers:',
    ...drivers,
    '  - name: boycott\n    kind: negative\n    column: negative_engagements',
    '',
  ].join('\n');
}
