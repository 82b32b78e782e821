import { countColumn, dayColumn, makeTable, ratioColumn, textColumn } from '../../pipeline/views/make-table.ts';
import {
  type MixDriverRow,
  type MixFinding,
  type MixRun,
  readMixDrivers,
  readMixExperiments,
  readMixFindings,
  readMixParameters,
  readMixParts,
  readMixResponse,
  readMixRun,
  readMixWeeks,
} from '../../pipeline/views/read-mix.ts';
import { drawCurve } from './charts/curve.ts';
import { drawIntervalRows, type IntervalRow } from './charts/rows.ts';
import { drawLines } from './charts/time.ts';
import { drawWaterfall } from './charts/waterfall.ts';
import { FigureView } from './figure.tsx';
import { day, listed, nameOf, number, percent, shortMoney } from './format.ts';
import { Mark } from './marks.tsx';
import type { Figure, Page, PageCall } from './page.ts';

const ID = 'mix';

export const mixPage: Page = {
  id: ID,
  title: 'Mix',
  about: 'What each driver added week by week, by one model of all of them.',
  filters: [],
  async make(call) {
    const run = await readMixRun(call.results);
    if (run === undefined || run.status !== 'ok')
      return {
        figures: [],
        body: <NoMix run={run} findings={run === undefined ? [] : await readMixFindings(call.results)} />,
      };
    const drivers = await readMixDrivers(call.results);
    const figures = [
      await waterfallFigure(call, run, drivers),
      driversFigure(run, drivers),
      returnsFigure(run, drivers),
      await fitFigure(call, run),
      ...(await responseFigures(call, run, drivers)),
      ...priorFigures(drivers),
      await experimentsFigure(call, run),
      await parametersFigure(call, run),
    ].filter((figure) => figure !== undefined);
    return {
      figures,
      facts: { period: `${day(run.firstWeek)} to ${day(run.lastWeek)}`, model: 'mix' },
      body: (
        <>
          {run.isCurrent ? null : (
            <p class="error">
              The model is of earlier data: it was left standing by --only. <code>liftproof run</code> makes it anew.
            </p>
          )}
          <p>
            {day(run.firstWeek)} to {day(run.lastWeek)}, {number(run.weeks)} weeks
            {run.geos !== null && run.geos > 1 ? `, ${number(run.geos)} regions` : ''}. How series move together is no
            proof (evidence E); a registered study of grade A or B calibrates its driver and raises it to D. Intervals
            are {percent(run.level)} credible intervals.
          </p>
          {figures.map((figure) => (
            <FigureView figure={figure} call={call} page={ID} />
          ))}
          <h2>What to know before it is believed</h2>
          <Findings findings={await readMixFindings(call.results)} />
        </>
      ),
    };
  },
};

export function NoMix({ run, findings }: { run: MixRun | undefined; findings: readonly MixFinding[] }) {
  return (
    <div class="box is-warn">
      {run === undefined ? (
        <>
          <p>
            No mix model was asked for. It explains the sales of each week by everything that drives them and needs
            about two years of weeks, or several regions. Add this to liftproof.yaml, then run:
          </p>
          <pre>
            <code>{'mix: {}'}</code>
          </pre>
          <pre>
            <code>liftproof run</code>
          </pre>
        </>
      ) : (
        <>
          <p>
            <b>
              {run.status === 'refused'
                ? 'The mix model was not fitted.'
                : 'The mix model did not converge, so nothing of it is shown.'}
            </b>{' '}
            {run.message}
          </p>
          <Findings findings={findings.filter((finding) => finding.isPassed === false)} />
        </>
      )}
    </div>
  );
}

function Findings({ findings }: { findings: readonly MixFinding[] }) {
  if (findings.length === 0) return null;
  return (
    <ul class="checks">
      {findings.map((finding) => (
        <li>
          <Mark state={finding.isPassed === null ? 'off' : finding.isPassed ? 'ok' : 'warn'} />
          <p>
            {finding.message} <code>{finding.code}</code>
          </p>
        </li>
      ))}
    </ul>
  );
}

export function mixFormat(run: MixRun): (value: number) => string {
  return run.unit === 'count' ? (value) => number(value) : (value) => shortMoney(value, run.unit);
}

const outcomeColumn = (run: MixRun, id: string, label: string) => ({
  id,
  label,
  type: 'decimal' as const,
  scale: 2,
  unit: run.unit,
});

async function waterfallFigure(call: PageCall, run: MixRun, drivers: readonly MixDriverRow[]): Promise<Figure> {
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

function driversFigure(run: MixRun, drivers: readonly MixDriverRow[]): Figure {
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
function returnsFigure(run: MixRun, drivers: readonly MixDriverRow[]): Figure | undefined {
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
    summary: `Of the paid drivers ${nameOf(worst.driver)} earns least with the next unit of money: ${two(worst.mroi!)} for 1 (${two(worst.mroiLo!)} to ${two(worst.mroiHi!)}), against ${two(worst.roi!)} on all of it.`,
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

async function fitFigure(call: PageCall, run: MixRun): Promise<Figure | undefined> {
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

/** Curves drawn; the table of each has its points. */
const MOST_CURVES = 8;

async function responseFigures(call: PageCall, run: MixRun, drivers: readonly MixDriverRow[]): Promise<Figure[]> {
  const points = await readMixResponse(call.results);
  const format = mixFormat(run);
  return drivers.slice(0, MOST_CURVES).flatMap((driver, i) => {
    const own = points.filter((point) => point.driver === driver.driver);
    if (own.length < 2) return [];
    const isPaid = own.some((point) => (point.spend ?? 0) > 0);
    const curve = own.map((point) => ({ ...point, x: isPaid ? (point.spend ?? 0) : point.factor }));
    const now = own.findIndex((point) => point.factor === 1);
    const extrapolated = own.find((point) => point.isExtrapolated);
    const formatX = isPaid
      ? (value: number) => shortMoney(value, call.currency)
      : (value: number) => `${number(value, 1)}×`;
    return [
      {
        id: `response-${i + 1}`,
        title: `${nameOf(driver.driver)}: more or less of it`,
        summary: `${
          now < 0
            ? 'The curve'
            : `At the present ${isPaid ? formatX(curve[now].x) : 'amount'} it added ${format(curve[now].value)} (${format(curve[now].lo)} to ${format(curve[now].hi)})`
        }${extrapolated === undefined ? '.' : `; from ${formatX(isPaid ? (extrapolated.spend ?? 0) : extrapolated.factor)} on nothing like it was ever seen.`}`,
        draw: (width: number) =>
          drawCurve(curve, { width, formatX, formatY: format, now: now < 0 ? undefined : curve[now].x }),
        keys: [
          { label: 'what the model says it adds', series: 1, shape: 'line' },
          { label: `its ${percent(run.level)} interval`, series: 1, shape: 'band' },
          ...(extrapolated === undefined
            ? []
            : [
                {
                  label: 'beyond what was seen: the shape of the model, not of the data',
                  series: 1,
                  shape: 'dashed',
                } as const,
              ]),
        ] as const,
        table: makeTable(
          [
            ratioColumn('factor', 'Times its history', 2),
            ratioColumn('spend', 'Spend', 2),
            outcomeColumn(run, 'value', 'Adds'),
            outcomeColumn(run, 'lo', 'low'),
            outcomeColumn(run, 'hi', 'high'),
            { id: 'isExtrapolated', label: 'Never seen', type: 'boolean' as const },
          ],
          own.map((point) => ({ ...point })),
        ),
        how: 'mix' as const,
      },
    ];
  });
}

/** What was assumed beside what came out, one figure for each kind of assumption. */
function priorFigures(drivers: readonly MixDriverRow[]): Figure[] {
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

async function parametersFigure(call: PageCall, run: MixRun): Promise<Figure> {
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

/** The model beside the studies that it was calibrated on. */
async function experimentsFigure(call: PageCall, run: MixRun): Promise<Figure | undefined> {
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
