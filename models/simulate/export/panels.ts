import type { Panel } from '../../panel.ts';
import { isoDay, weekday } from '../calendar.ts';
import { CHANNELS } from '../channels.ts';
import { pathRowsOf } from '../journeys.ts';
import type { Market } from '../market.ts';
import { EXPOSURES, geoDayPanel, geoWeekPanel, nationalPanel } from '../panel.ts';
import { csvFile, money } from './text.ts';

const COLUMNS = ['orders', 'revenue', ...EXPOSURES, 'stock_out'];

/** Geo by day: `geo, date, orders, revenue`, exposures, negative engagement, stock-outs. For `liftproof model lift`. */
export function geoDaysCsv(market: Market): string {
  return panelCsv(geoDayPanel(market), ['geo', 'date']);
}

/** Nation by week, Monday to Sunday; weeks that the window cuts are left out. For `liftproof model mix`. */
export function weeksCsv(market: Market): string {
  return panelCsv(nationalPanel(geoWeekPanel(market)), ['', 'week']);
}

/** Geo by week: the panel of a mix model with a geo hierarchy. */
export function geoWeeksCsv(market: Market): string {
  return panelCsv(geoWeekPanel(market), ['geo', 'week']);
}

/** Long CSV of a panel; a column of units without a name is left out. */
function panelCsv(panel: Panel, [unit, period]: readonly [string, string]): string {
  const keys = unit === '' ? [period] : [unit, period];
  const rows = panel.units.flatMap((name, u) =>
    panel.periods.map((label, t) => {
      const cell = u * panel.periods.length + t;
      const values = COLUMNS.map((column) => {
        const value = panel.covariates[column][cell];
        return column === 'revenue' || column.endsWith('_spend') ? money(value * 100) : value;
      });
      return [...(unit === '' ? [label] : [name, label]), ...values];
    }),
  );
  return csvFile([...keys, ...COLUMNS], rows);
}

/** The true effects by week, Monday to Sunday: what a mix model's contributions should come to. */
export function truthWeeksCsv(market: Market): string {
  const { days, firstDay } = market.context.dials;
  const rows: (string | number)[][] = [];
  for (let start = 0; start + 7 <= days; start++) {
    if (weekday(firstDay + start) !== 1) continue;
    for (const { world, missing } of market.worlds) {
      const sum = (values: Float64Array): number =>
        values.slice(start, start + 7).reduce((total, value) => total + value, 0);
      const name = world.id === '' ? 'always_on' : world.id;
      rows.push([
        isoDay(firstDay + start),
        world.kind,
        name,
        sum(missing.ordersByDay),
        money(sum(missing.revenueByDay)),
      ]);
    }
  }
  return csvFile(['week', 'kind', 'id', 'incremental_orders', 'incremental_revenue'], rows);
}

/** Distinct observed journeys of 30 days with counts: `path, conversions, revenue, non_conversions`. */
export function pathsCsv(market: Market): string {
  return csvFile(
    ['path', 'conversions', 'revenue', 'non_conversions'],
    pathRowsOf(market).map((row) => [
      row.path.join(' > '),
      row.conversions,
      money(row.revenue * 100),
      row.nonConversions,
    ]),
  );
}

/** The drivers of the weekly panel, as `liftproof model mix --config` reads them; what did nothing in any week teaches nothing and is left out. */
export function mixYaml(market: Market): string {
  const { covariates } = nationalPanel(geoWeekPanel(market));
  const moves = (column: string): boolean => covariates[column].some((value) => value !== 0);
  const drivers = CHANNELS.filter(({ id }) => moves(`${id}_impressions`)).map(({ id, kind }) =>
    kind === 'paid'
      ? `  - name: ${id}\n    kind: paid\n    column: ${id}_impressions\n    spend_column: ${id}_spend`
      : `  - name: ${id}\n    kind: organic\n    column: ${id}_impressions`,
  );
  return [
    '# What may move the revenue of weekly.csv. Engagement is left out: the posts whose impressions stand here cause it.',
    'period: week',
    'outcome: revenue',
    'drivers:',
    ...drivers,
    ...(moves('negative_engagements')
      ? ['  - name: boycott\n    kind: negative\n    column: negative_engagements']
      : []),
    '',
  ].join('\n');
}
