import type { TableColumn } from '../../pipeline/table.ts';
import { dayColumn, makeTable, ratioColumn, textColumn } from '../../pipeline/views/make-table.ts';
import type { Study, StudyDay, StudyEstimate, StudySeries } from '../../pipeline/views/read-studies.ts';
import { drawIntervalRows, type IntervalRow } from './charts/rows.ts';
import { drawStrip } from './charts/strip.ts';
import { drawLines } from './charts/time.ts';
import { day, number, percent, shortMoney } from './format.ts';
import type { Figure } from './page.ts';

/** Writes a value in the unit of a study: money, or a count. */
export function formatOf(study: Study): (value: number) => string {
  if (study.unit !== 'count') return (value) => shortMoney(value, study.unit);
  return (value) => number(value, Math.abs(value) < 10 ? 1 : 0);
}

function valueColumn(study: Study, id: string, label: string): TableColumn {
  return { id, label, type: 'decimal', scale: 2, unit: study.unit };
}

/** What a claim is about, in words. */
export const CLAIM_WORDS: Readonly<Record<string, string>> = {
  posting_engagement: 'did posting bring engagement?',
  posting_sales: 'did posting bring sales?',
  engagement_sales: 'did engagement bring sales?',
  spend_sales: 'did spending bring sales?',
  boycott_sales: 'did the boycott cost sales?',
};

export const METHOD_WORDS: Readonly<Record<string, string>> = {
  did: 'Difference in differences',
  sc: 'Synthetic control',
  ascm: 'Augmented synthetic control',
  sdid: 'Synthetic difference in differences',
  tbr: 'Time-based regression',
  bsts: 'Structural time series',
  callaway_santanna: 'Group by group, from each start on',
  randomised: 'As it was randomised',
  paired: 'Within the pairs that were drawn',
  switchback: 'Blocks with posts against blocks without',
  itt: 'All who were assigned',
  cuped: 'The same, adjusted for before',
  late: 'Those who were reached',
};

export function methodName(method: string): string {
  return METHOD_WORDS[method] ?? method;
}

export function stripFigure(study: Study): Figure | undefined {
  const { value, lo, hi, level, breakEven } = study;
  if (value === null || lo === null || hi === null || level === null) return undefined;
  const format = formatOf(study);
  const marks = [
    { x: 0, label: 'no effect' },
    ...(breakEven === null || study.unit === 'count'
      ? []
      : [{ x: breakEven, label: `pays from ${format(breakEven)}` }]),
  ];
  return {
    id: 'strip',
    title: study.unit === 'count' ? 'How much was added' : 'How much extra revenue',
    summary: `Best estimate ${format(value)}; with ${percent(level)} confidence between ${format(lo)} and ${format(hi)}${
      study.pPositive === null ? '' : `; ${percent(study.pPositive)} likely above zero`
    }.`,
    draw: (width) => drawStrip({ value, lo, hi, level, marks, format }, width),
    table: makeTable(
      [
        valueColumn(study, 'value', 'Estimate'),
        valueColumn(study, 'lo', 'low'),
        valueColumn(study, 'hi', 'high'),
        ratioColumn('level', 'Level', 2),
        ratioColumn('pPositive', 'P(above zero)', 2),
        valueColumn(study, 'breakEven', 'Pays from'),
      ],
      [{ value, lo, hi, level, pPositive: study.pPositive, breakEven }],
    ),
    how: 'studies',
    notes: [
      `The darker, the likelier: 50, 80 and 90 % are shaded. The curve is drawn through the published estimate and its ${percent(level)} interval.`,
    ],
  };
}

/** A row per method, and what the ad platforms claim, on one axis. */
export function methodsFigure(study: Study, estimates: readonly StudyEstimate[]): Figure | undefined {
  const told = estimates.filter((estimate) => estimate.value !== null);
  if (told.length === 0) return undefined;
  const format = formatOf(study);
  const claimed =
    study.value !== null && study.incrementalityFactor !== null && study.incrementalityFactor !== 0
      ? study.value / study.incrementalityFactor
      : null;
  const rows: IntervalRow[] = [
    ...told.map((estimate) => ({
      label: methodName(estimate.method),
      value: estimate.value!,
      lo: estimate.lo,
      hi: estimate.hi,
      text:
        estimate.lo === null || estimate.hi === null
          ? `${format(estimate.value!)}, no interval`
          : `${format(estimate.value!)} (${format(estimate.lo)} to ${format(estimate.hi)})`,
      isWeak: !estimate.isPrimary,
    })),
    ...(claimed === null
      ? []
      : [
          { label: 'What ad platforms claim', value: claimed, lo: null, hi: null, text: format(claimed), isWeak: true },
        ]),
  ];
  const values = told.map((estimate) => estimate.value!);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const untold = estimates.length - told.length;
  const words =
    told.length === 1
      ? 'Only one method applies to this design, so nothing can be compared.'
      : least < 0 !== most < 0
        ? `They do not even agree on the direction: from ${format(least)} to ${format(most)}.`
        : Math.max(Math.abs(least), Math.abs(most)) > 2 * Math.min(Math.abs(least), Math.abs(most))
          ? `They agree on the direction, but differ by more than twice: from ${format(least)} to ${format(most)}.`
          : `All ${told.length} agree within a factor of two: from ${format(least)} to ${format(most)}.`;
  const platform =
    claimed === null || study.incrementalityFactor === null
      ? ''
      : ` Of each ${study.unit === 'count' ? '1' : '1.00'} that the ad platforms claim, ${number(study.incrementalityFactor, 2)} was extra.`;
  return {
    id: 'methods',
    title: 'Do the methods agree?',
    summary: words + platform,
    draw: (width) => drawIntervalRows(rows, { width, marks: [{ x: 0, label: 'no effect' }], format }),
    keys: [
      { label: 'registered method: the headline', series: 1, shape: 'circle' },
      { label: 'others, for comparison', series: 'muted', shape: 'diamond' },
    ],
    table: makeTable(
      [
        textColumn('label', 'Method'),
        valueColumn(study, 'value', 'Estimate'),
        valueColumn(study, 'lo', 'low'),
        valueColumn(study, 'hi', 'high'),
      ],
      rows.map(({ label, value, lo, hi }) => ({ label, value, lo, hi })),
    ),
    how: 'studies',
    notes: [
      'Each method has an interval of its own; the spread between methods is not part of any of them.',
      ...(untold > 0 ? [`${untold} ${untold === 1 ? 'method' : 'methods'} could not answer on these data.`] : []),
    ],
  };
}

/** What was seen and what would have been seen without it, day by day. */
export function seriesFigure(study: Study, { method, days }: StudySeries): Figure | undefined {
  const expected = days.filter((one) => one.counterfactual !== null);
  if (expected.length === 0) return undefined;
  const format = formatOf(study);
  const treated = days.filter((one) => one.isTreated);
  const [first, last] = [treated[0], treated[treated.length - 1]];
  const sum = (pick: (one: StudyDay) => number): number => treated.reduce((total, one) => total + pick(one), 0);
  const banded = expected.filter((one) => one.lo !== null && one.hi !== null);
  return {
    id: 'with-without',
    title: 'With and without',
    summary:
      first === undefined
        ? 'The days before; the window has no day yet.'
        : `From ${day(first.day)} to ${day(last.day)} there were ${format(sum((one) => one.actual))}; without it ${format(sum((one) => one.counterfactual ?? 0))} would have been expected.`,
    draw: (width) =>
      drawLines(
        [
          { name: 'seen', colour: 0, points: days.map((one) => ({ day: one.day, value: one.actual })) },
          {
            name: 'without it',
            colour: 1,
            isDashed: true,
            points: expected.map((one) => ({ day: one.day, value: one.counterfactual! })),
          },
        ],
        {
          width,
          format,
          band:
            banded.length === 0
              ? undefined
              : { points: banded.map((one) => ({ day: one.day, lo: one.lo!, hi: one.hi! })) },
          shaded: first === undefined ? undefined : { from: first.day, to: last.day, label: 'the test' },
        },
      ),
    keys: [
      { label: 'seen', series: 1, shape: 'line' },
      { label: 'expected without it', series: 2, shape: 'dashed' },
      ...(banded.length === 0 ? [] : [{ label: 'range of one expected day', series: 2, shape: 'band' } as const]),
    ],
    table: makeTable(
      [
        dayColumn('day', 'Day'),
        valueColumn(study, 'actual', 'Seen'),
        valueColumn(study, 'counterfactual', 'Without it'),
        valueColumn(study, 'lo', 'low'),
        valueColumn(study, 'hi', 'high'),
        valueColumn(study, 'cumulative', 'Effect so far'),
        { id: 'isTreated', label: 'In the window', type: 'boolean' },
      ],
      days.map((one) => ({ ...one })),
    ),
    how: 'studies',
    notes: [`${seriesWords(study, method)} Sums over what was treated.`],
  };
}

/** A randomised comparison has no line of its own; another method then draws it, and says so. */
function seriesWords(study: Study, method: string): string {
  return method === study.method
    ? `By ${methodName(method)}.`
    : `Drawn by ${methodName(method)}, which is not the method of the headline and may say something else.`;
}

/** The effect adding up since the start. */
export function cumulativeFigure(study: Study, { method, days }: StudySeries): Figure | undefined {
  const known = days.filter((one) => one.cumulative !== null && one.isTreated);
  if (known.length < 2) return undefined;
  const format = formatOf(study);
  const last = known[known.length - 1];
  return {
    id: 'cumulative',
    title: 'The effect adding up',
    summary: `By ${day(last.day)} the difference between seen and expected had added up to ${format(last.cumulative!)}.`,
    draw: (width) =>
      drawLines(
        [{ name: 'effect so far', colour: 0, points: known.map((one) => ({ day: one.day, value: one.cumulative! })) }],
        { width, format },
      ),
    table: makeTable(
      [dayColumn('day', 'Day'), valueColumn(study, 'cumulative', 'Effect so far')],
      known.map((one) => ({ ...one })),
    ),
    how: 'studies',
    notes: [`${seriesWords(study, method)} The line has no interval of its own; the headline's is that of its method.`],
  };
}
