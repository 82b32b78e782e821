import { countColumn, makeTable, ratioColumn, textColumn } from '../../pipeline/views/make-table.ts';
import {
  type MixDriverRow,
  type MixRun,
  readMixExperiments,
  readMixParameters,
} from '../../pipeline/views/read-mix.ts';
import { drawIntervalRows } from './charts/rows.ts';
import { listed, nameOf, number, percent } from './format.ts';
import { mixFormat, outcomeColumn } from './mix-figures.tsx';
import type { Figure, PageCall } from './page.ts';

/** What was assumed beside what came out, one figure for each kind of assumption. */
export function priorFigures(drivers: readonly MixDriverRow[]): Figure[] {
  const kinds = [...new Set(drivers.map((driver) => driver.priorOn).filter((kind) => kind !== null))];
  return kinds.map((kind) => {
    const own = drivers.filter(
      (driver) => driver.priorOn === kind && driver.prior !== null && driver.posterior !== null,
    );
    const two = (value: number): string => number(value, 2);
    const moved = own.filter((driver) => driver.informedBy !== 'prior');
    return {
      id: `prior-${kind}`,
      title: `What was assumed and what came out (${kind})`,
      summary:
        moved.length === 0
          ? 'The data moved none of the assumptions: what comes out repeats what went in.'
          : `The data moved the assumptions about ${listed(moved.map((driver) => nameOf(driver.driver)))}.`,
      draw: (width) =>
        drawIntervalRows(
          own.flatMap((driver) => [
            {
              label: `${nameOf(driver.driver)}: assumed`,
              value: driver.prior!,
              lo: driver.priorLo,
              hi: driver.priorHi,
              text: `${two(driver.prior!)} (${two(driver.priorLo ?? Number.NaN)} to ${two(driver.priorHi ?? Number.NaN)})`,
              isWeak: true,
            },
            {
              label: nameOf(driver.driver),
              value: driver.posterior!,
              lo: driver.posteriorLo,
              hi: driver.posteriorHi,
              text: `${two(driver.posterior!)} (${two(driver.posteriorLo ?? Number.NaN)} to ${two(driver.posteriorHi ?? Number.NaN)})`,
            },
          ]),
          { width, marks: [{ x: 0, label: '0' }], format: (value) => number(value, 1) },
        ),
      keys: [
        { label: 'came out', series: 1, shape: 'circle' },
        { label: 'was assumed', series: 'muted', shape: 'diamond' },
      ],
      table: makeTable(
        [
          textColumn('driver', 'Driver'),
          ratioColumn('prior', 'Assumed'),
          ratioColumn('priorLo', 'low'),
          ratioColumn('priorHi', 'high'),
          ratioColumn('posterior', 'Came out'),
          ratioColumn('posteriorLo', 'low'),
          ratioColumn('posteriorHi', 'high'),
        ],
        own.map((driver) => ({ ...driver })),
      ),
      how: 'mix',
    };
  });
}

export async function parametersFigure(call: PageCall, run: MixRun): Promise<Figure> {
  const rows = await readMixParameters(call.results);
  return {
    id: 'parameters',
    title: 'Parameters and convergence',
    summary: `The largest R-hat is ${number(run.maxRhat, 3)} (below 1.01 is good), the smallest effective sample ${number(run.minEss)}, with ${number(run.divergences)} divergences.`,
    table: makeTable(
      [
        textColumn('parameter', 'Parameter'),
        ratioColumn('mean', 'Mean'),
        ratioColumn('sd', 'sd'),
        ratioColumn('q5', '5 %'),
        ratioColumn('q95', '95 %'),
        ratioColumn('rhat', 'R-hat'),
        countColumn('ess_bulk', 'ESS bulk'),
        countColumn('ess_tail', 'ESS tail'),
      ],
      rows,
    ),
    how: 'mix',
  };
}

/** How much of a week's effect is left in the next (geometric adstock). */
export async function carryFigure(call: PageCall): Promise<Figure | undefined> {
  const rows = (await readMixParameters(call.results)).flatMap(({ parameter, mean, q5, q95 }) => {
    const driver = /^decay\[(.+)\]$/.exec(String(parameter))?.[1];
    return driver === undefined ? [] : [{ driver, mean: Number(mean), lo: Number(q5), hi: Number(q95) }];
  });
  if (rows.length === 0) return undefined;
  const longest = [...rows].sort((a, b) => b.mean - a.mean)[0];
  const isApart = rows.every((row) => row === longest || row.mean < longest.lo);
  return {
    id: 'carry',
    title: 'What is carried into the next week',
    summary: isApart
      ? `${nameOf(longest.driver)} lasts longest by the model: ${percent(longest.mean)} of its effect is carried from one week into the next (${percent(longest.lo)} to ${percent(longest.hi)}).`
      : 'How long one driver lasts cannot be told from how long another does: the intervals lie on one another.',
    draw: (width) =>
      drawIntervalRows(
        rows.map((row) => ({
          label: nameOf(row.driver),
          value: row.mean,
          lo: row.lo,
          hi: row.hi,
          text: `${percent(row.mean)} (${percent(row.lo)} to ${percent(row.hi)})`,
        })),
        { width, marks: [{ x: 0, label: 'nothing' }], format: percent },
      ),
    table: makeTable(
      [
        textColumn('driver', 'Driver'),
        ratioColumn('mean', 'Carried over'),
        ratioColumn('lo', 'low'),
        ratioColumn('hi', 'high'),
      ],
      rows,
    ),
    how: 'mix',
    notes: [
      '90 % credible intervals. Where an interval is as wide as what was assumed, the data say nothing about it.',
    ],
  };
}

/** The model beside the studies that it was calibrated on. */
export async function experimentsFigure(call: PageCall, run: MixRun): Promise<Figure | undefined> {
  const rows = await readMixExperiments(call.results);
  if (rows.length === 0) return undefined;
  const format = mixFormat(run);
  const apart = rows.filter((row) => row.z !== null && Math.abs(row.z) > 1.645);
  // the interval of a study at 90 %, from its published standard error
  const half = (row: (typeof rows)[number]): number => 1.645 * row.standardError;
  return {
    id: 'experiments',
    title: 'The model beside the studies',
    summary:
      apart.length === 0
        ? `The model agrees with ${rows.length === 1 ? 'the study' : `all ${rows.length} studies`} within the luck of both.`
        : `The model disagrees with ${listed(apart.map((row) => row.experiment))}: believe the study.`,
    draw: (width) =>
      drawIntervalRows(
        rows.flatMap((row) => [
          {
            label: `${row.grade} ${row.experiment}`,
            value: row.estimate,
            lo: row.estimate - half(row),
            hi: row.estimate + half(row),
            text: `${format(row.estimate)} (${format(row.estimate - half(row))} to ${format(row.estimate + half(row))})`,
          },
          {
            label: 'the model of it',
            value: row.model,
            lo: row.modelLo,
            hi: row.modelHi,
            text: `${format(row.model)} (${format(row.modelLo)} to ${format(row.modelHi)})`,
            isWeak: true,
          },
        ]),
        { width, marks: [{ x: 0, label: '0' }], format },
      ),
    keys: [
      { label: 'study, with 1.645 standard errors', series: 1, shape: 'circle' },
      { label: 'model', series: 'muted', shape: 'diamond' },
    ],
    table: makeTable(
      [
        textColumn('experiment', 'Study'),
        textColumn('drivers', 'Drivers'),
        textColumn('grade', 'Evidence'),
        outcomeColumn(run, 'estimate', 'Study says'),
        outcomeColumn(run, 'standardError', 'Standard error'),
        outcomeColumn(run, 'model', 'Model says'),
        outcomeColumn(run, 'modelLo', 'low'),
        outcomeColumn(run, 'modelHi', 'high'),
        ratioColumn('z', 'z', 2),
      ],
      rows.map((row) => ({ ...row })),
    ),
    how: 'mix',
  };
}
