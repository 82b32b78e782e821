import { dayColumn, makeTable, ratioColumn, textColumn } from '../../pipeline/views/make-table.ts';
import { type MixDriverRow, type MixRun, readMixParts, readMixWeeks } from '../../pipeline/views/read-mix.ts';
import { drawIntervalRows, type IntervalRow } from './charts/rows.ts';
import { drawLines } from './charts/time.ts';
import { drawWaterfall } from './charts/waterfall.ts';
import { listed, nameOf, number, percent, shortMoney } from './format.ts';
import type { Figure, PageCall } from './page.ts';

/** Writes a value in the unit of the outcome: money, or a count. */
export function mixFormat(run: MixRun): (value: number) => string {
  return run.unit === 'count' ? (value) => number(value) : (value) => shortMoney(value, run.unit);
}

export const outcomeColumn = (run: MixRun, id: string, label: string) => ({
  id,
  label,
  type: 'decimal' as const,
  scale: 2,
  unit: run.unit,
});

export async function waterfallFigure(call: PageCall, run: MixRun, drivers: readonly MixDriverRow[]): Promise<Figure> {
  const format = mixFormat(run);
  const parts = await readMixParts(call.results);
  const steps = [
    ...parts.map(({ part, amount }) => ({
      label: part === 'baseline' ? 'would have come anyway (baseline)' : part,
      amount,
      text: format(amount),
    })),
    ...drivers.map((driver) => ({
      label: nameOf(driver.driver),
      amount: driver.contribution,
      text: `${format(driver.contribution)} (${format(driver.lo)} to ${format(driver.hi)})`,
    })),
  ];
  const total = steps.reduce((sum, step) => sum + step.amount, 0);
  const driven = drivers.reduce((sum, driver) => sum + driver.contribution, 0);
  return {
    id: 'waterfall',
    title: 'From what would have come anyway to all of it',
    summary: `By the model ${percent(total === 0 ? 0 : driven / total)} of ${format(total)} came from the drivers; the rest would have come anyway.${
      drivers.every((driver) => driver.informedBy === 'prior')
        ? ' None of it is learnt from the data: the split repeats what was assumed.'
        : ''
    }`,
    draw: (width) =>
      drawWaterfall(
        [
          ...(width < 500 ? steps.map((step) => ({ ...step, text: format(step.amount) })) : steps),
          { label: 'all, as the model has it', amount: total, text: format(total), isTotal: true },
        ],
        { width, format },
      ),
    keys: [
      { label: 'adds', series: 1, shape: 'square' },
      ...(steps.some((step) => step.amount < 0) ? [{ label: 'takes away', series: 2, shape: 'square' } as const] : []),
      { label: 'sum', series: 'muted', shape: 'square' },
    ],
    table: makeTable(
      [
        textColumn('part', 'Part'),
        outcomeColumn(run, 'amount', 'Amount'),
        outcomeColumn(run, 'lo', 'low'),
        outcomeColumn(run, 'hi', 'high'),
      ],
      [
        ...parts,
        ...drivers.map((driver) => ({
          part: driver.driver,
          amount: driver.contribution,
          lo: driver.lo,
          hi: driver.hi,
        })),
      ],
    ),
    how: 'mix',
  };
}

export function driversFigure(run: MixRun, drivers: readonly MixDriverRow[]): Figure {
  const format = mixFormat(run);
  const learnt = drivers.filter((driver) => driver.informedBy !== 'prior');
  return {
    id: 'drivers',
    title: 'What each driver added',
    summary:
      learnt.length === 0
        ? 'The data say too little about any driver: all numbers here repeat what was assumed, and measure nothing.'
        : learnt.length === drivers.length
          ? 'All numbers here are learnt from the data or from a study.'
          : `Only ${listed(learnt.map((driver) => nameOf(driver.driver)))} ${learnt.length === 1 ? 'is' : 'are'} learnt from the data or from a study; the others repeat what was assumed.`,
    draw: (width) =>
      drawIntervalRows(
        drivers.map((driver) => ({
          label: `${driver.grade} ${nameOf(driver.driver)}`,
          value: driver.contribution,
          lo: driver.lo,
          hi: driver.hi,
          text: `${format(driver.contribution)} (${format(driver.lo)} to ${format(driver.hi)})`,
          isWeak: driver.informedBy === 'prior',
        })),
        { width, marks: [{ x: 0, label: 'nothing' }], format },
      ),
    keys: [
      { label: 'learnt from the data', series: 1, shape: 'circle' },
      { label: 'repeats what was assumed: not measured', series: 'muted', shape: 'diamond' },
    ],
    table: makeTable(
      [
        textColumn('driver', 'Driver'),
        textColumn('kind', 'Kind'),
        outcomeColumn(run, 'contribution', 'Added'),
        outcomeColumn(run, 'lo', 'low'),
        outcomeColumn(run, 'hi', 'high'),
        ratioColumn('spend', 'Spend', 2),
        ratioColumn('roi', 'Return'),
        ratioColumn('roiLo', 'low'),
        ratioColumn('roiHi', 'high'),
        textColumn('informedBy', 'Known from'),
        textColumn('grade', 'Evidence'),
      ],
      drivers.map((driver) => ({ ...driver })),
    ),
    how: 'mix',
    notes: ['The letter is the grade of evidence: E association, D calibrated on a study.'],
  };
}

/** The mean return of the money, and the return of the next unit of it. */
export function returnsFigure(run: MixRun, drivers: readonly MixDriverRow[]): Figure | undefined {
  const paid = drivers.filter((driver) => driver.roi !== null && driver.mroi !== null);
  if (paid.length === 0) return undefined;
  const two = (value: number): string => number(value, 2);
  const rows: IntervalRow[] = paid.flatMap((driver) => [
    {
      label: nameOf(driver.driver),
      value: driver.roi!,
      lo: driver.roiLo,
      hi: driver.roiHi,
      text: `${two(driver.roi!)} (${two(driver.roiLo!)} to ${two(driver.roiHi!)})`,
    },
    {
      label: `${nameOf(driver.driver)}: the next`,
      value: driver.mroi!,
      lo: driver.mroiLo,
      hi: driver.mroiHi,
      text: `${two(driver.mroi!)} (${two(driver.mroiLo!)} to ${two(driver.mroiHi!)})`,
      isWeak: true,
    },
  ]);
  const worst = [...paid].sort((a, b) => a.mroi! - b.mroi!)[0];
  return {
    id: 'returns',
    title: 'Return on all of the money, and on the next of it',
    summary: paid.every((driver) => driver === worst || driver.mroi! > worst.mroiHi!)
      ? `Of the paid drivers ${nameOf(worst.driver)} earns least with the next unit of money: ${two(worst.mroi!)} for 1 (${two(worst.mroiLo!)} to ${two(worst.mroiHi!)}), against ${two(worst.roi!)} on all of it.`
      : 'Which paid driver earns least with the next unit of money cannot be told: the intervals lie on one another.',
    draw: (width) =>
      drawIntervalRows(rows, {
        width,
        marks: run.unit === 'count' ? [{ x: 0, label: '0' }] : [{ x: 1, label: 'revenue = spend' }],
        format: (value) => number(value, 1),
      }),
    keys: [
      { label: 'all of the money (iROAS)', series: 1, shape: 'circle' },
      { label: 'the next unit of money (mROAS)', series: 'muted', shape: 'diamond' },
    ],
    table: makeTable(
      [
        textColumn('driver', 'Driver'),
        ratioColumn('roi', 'iROAS'),
        ratioColumn('roiLo', 'low'),
        ratioColumn('roiHi', 'high'),
        ratioColumn('mroi', 'mROAS'),
        ratioColumn('mroiLo', 'low'),
        ratioColumn('mroiHi', 'high'),
      ],
      paid.map((driver) => ({ ...driver })),
    ),
    how: 'mix',
  };
}

export async function fitFigure(call: PageCall, run: MixRun): Promise<Figure | undefined> {
  const weeks = await readMixWeeks(call.results);
  if (weeks.length === 0) return undefined;
  const format = mixFormat(run);
  const told = weeks.filter((week) => week.actual !== null);
  const foretold = weeks.filter((week) => week.isHeldOut && week.foretold !== null && week.actual !== null);
  const within = foretold.filter(
    (week) => week.foretoldLo !== null && week.actual! >= week.foretoldLo && week.actual! <= week.foretoldHi!,
  );
  return {
    id: 'fit',
    title: 'What was sold, and what the model says',
    summary:
      foretold.length === 0
        ? `The model runs along ${told.length} weeks that it was fitted to; no week was kept back to test it.`
        : `Of ${foretold.length} weeks that a second fit did not see, ${within.length} fell within its ${percent(run.level)} range.`,
    draw: (width) =>
      drawLines(
        [
          { name: 'sold', colour: 0, points: told.map((week) => ({ day: week.week, value: week.actual! })) },
          {
            name: 'model',
            colour: 1,
            isDashed: true,
            points: weeks.map((week) => ({ day: week.week, value: week.fitted })),
          },
          ...(foretold.length === 0
            ? []
            : [
                {
                  name: 'foretold',
                  colour: 2,
                  points: foretold.map((week) => ({ day: week.week, value: week.foretold! })),
                },
              ]),
        ],
        {
          width,
          format,
          band: { points: weeks.map((week) => ({ day: week.week, lo: week.lo, hi: week.hi })) },
          shaded:
            foretold.length === 0
              ? undefined
              : { from: foretold[0].week, to: foretold[foretold.length - 1].week, label: 'kept back' },
        },
      ),
    table: makeTable(
      [
        dayColumn('week', 'Week from'),
        outcomeColumn(run, 'actual', 'Sold'),
        outcomeColumn(run, 'fitted', 'Model'),
        outcomeColumn(run, 'lo', 'low'),
        outcomeColumn(run, 'hi', 'high'),
        outcomeColumn(run, 'foretold', 'Foretold'),
        outcomeColumn(run, 'foretoldLo', 'low'),
        outcomeColumn(run, 'foretoldHi', 'high'),
      ],
      weeks.map((week) => ({ ...week })),
    ),
    how: 'mix',
  };
}
