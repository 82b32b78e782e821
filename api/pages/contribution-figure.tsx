import { dayColumn, makeTable, textColumn } from '../../pipeline/views/make-table.ts';
import { readMixRun, readMixStack } from '../../pipeline/views/read-mix.ts';
import { drawStack, type Line } from './charts/time.ts';
import { nameOf, percent } from './format.ts';
import { mixFormat, outcomeColumn } from './mix-figures.tsx';
import type { Figure, PageCall } from './page.ts';

/** Drivers drawn one by one; the rest is one part. */
const DRAWN_DRIVERS = 6;

/** What would have come anyway and what the drivers added, week by week, by the mix model; undefined without one that was fitted. */
export async function contributionFigure(call: PageCall): Promise<Figure | undefined> {
  const run = await readMixRun(call.results);
  if (run === undefined || run.status !== 'ok') return undefined;
  const rows = await readMixStack(call.results);
  if (rows.length === 0) return undefined;
  const weeks = [...new Set(rows.map((row) => row.week))];
  const totals = new Map<string, number>();
  for (const { driver, amount } of rows) if (driver !== null) totals.set(driver, (totals.get(driver) ?? 0) + amount);
  const ranked = [...totals.entries()].sort((a, b) => b[1] - a[1]).map(([driver]) => driver);
  const drawn = ranked.slice(0, DRAWN_DRIVERS);
  const sum = (week: string, isOf: (row: (typeof rows)[number]) => boolean): number =>
    rows.reduce((total, row) => (row.week === week && isOf(row) ? total + row.amount : total), 0);
  const line = (name: string, colour: number | undefined, isOf: (row: (typeof rows)[number]) => boolean): Line => ({
    name,
    colour,
    points: weeks.map((week) => ({ day: week, value: sum(week, isOf) })),
  });
  // what takes away cannot be stacked on top: it lowers the ground that the others stand on
  const parts = [
    line('anyway', undefined, ({ driver, amount }) => driver === null || amount < 0),
    ...(ranked.length > drawn.length
      ? [line('other drivers', 7, ({ driver, amount }) => driver !== null && amount >= 0 && !drawn.includes(driver))]
      : []),
    ...[...drawn]
      .reverse()
      .map((driver) => line(nameOf(driver), drawn.indexOf(driver), (row) => row.driver === driver && row.amount >= 0)),
  ];
  const format = mixFormat(run);
  const whole = rows.reduce((total, row) => total + row.amount, 0);
  const driven = [...totals.values()].reduce((total, amount) => total + amount, 0);
  const lowers = rows.some((row) => row.driver !== null && row.amount < 0);
  return {
    id: 'contribution',
    title: 'What would have come anyway, and what the drivers added',
    summary: `By the mix model ${percent(whole === 0 ? 0 : Math.max(0, driven / whole))} of ${format(whole)} in ${weeks.length} weeks came from the drivers${
      ranked.length === 0 ? '' : `, most of it from ${nameOf(ranked[0])}`
    }; the rest would have come anyway.`,
    draw: (width) => drawStack(parts, { width, format }),
    table: makeTable(
      [
        dayColumn('week', 'Week from'),
        textColumn('part', 'Part'),
        outcomeColumn(run, 'amount', 'Amount'),
        outcomeColumn(run, 'lo', 'low'),
        outcomeColumn(run, 'hi', 'high'),
      ],
      rows.map((row) => ({ ...row, part: row.driver ?? 'anyway' })),
    ),
    how: 'mix',
    notes: [
      `A model estimate (evidence E, or D for drivers that a study calibrated), whatever the chosen period; intervals stand in the table and on the page Mix.${lowers ? ' What takes away lowers the grey part.' : ''}`,
    ],
  };
}
