import { makeTable, shareColumn, textColumn } from '../../pipeline/views/make-table.ts';
import { isTooLow, readBacktests, readCoverageTrials } from '../../pipeline/views/read-calibration.ts';
import { readMixRun, readMixWeeks } from '../../pipeline/views/read-mix.ts';
import { readStudies, type Study } from '../../pipeline/views/read-studies.ts';
import { drawIntervalRows } from './charts/rows.ts';
import { day, listed, percent, shortMoney } from './format.ts';
import type { Figure, PageCall } from './page.ts';

/** Stated and real coverage on one axis: every trial of the run in which it is known whether an interval held. */
export async function calibrationFigure(call: PageCall): Promise<Figure | undefined> {
  const trials = await readCoverageTrials(call.results);
  if (trials.length === 0) return undefined;
  const low = trials.filter(isTooLow);
  const words: Readonly<Record<string, string>> = {
    'weeks kept back': 'weeks it did not see',
    'nothing was done': 'where nothing was done',
    'an effect was planted': 'a planted effect',
  };
  const stated = [...new Set(trials.map((trial) => trial.stated))];
  return {
    id: 'calibration',
    title: 'Do the intervals hold as often as they say?',
    summary:
      low.length === 0
        ? `In ${trials.length === 1 ? 'the one trial' : `all ${trials.length} trials`} the intervals held as often as they say, within what chance allows.`
        : `In ${low.length} of ${trials.length} trials the intervals held less often than they say: ${listed(low.map((trial) => `${trial.source}, ${words[trial.kind]}`))}. Take these intervals for too narrow.`,
    draw: (width) =>
      drawIntervalRows(
        trials.map((trial) => ({
          label: `${trial.source}: ${words[trial.kind]}`,
          value: trial.actual,
          lo: trial.lo,
          hi: trial.hi,
          text: `${percent(trial.actual)} of ${percent(trial.stated)}${isTooLow(trial) ? ', too few' : ''}`,
          isWeak: isTooLow(trial),
        })),
        {
          width,
          marks: stated.map((x) => ({ x, label: `stated ${percent(x)}` })),
          format: (value) => percent(value),
        },
      ),
    keys: [
      { label: 'share of intervals that held', series: 1, shape: 'circle' },
      { label: 'where chance alone would put it', series: 1, shape: 'band' },
      ...(low.length === 0 ? [] : [{ label: 'held too seldom', series: 'muted', shape: 'diamond' } as const]),
    ],
    table: makeTable(
      [
        textColumn('source', 'Of'),
        textColumn('kind', 'Tried on'),
        shareColumn('stated', 'Stated'),
        shareColumn('actual', 'Held'),
        shareColumn('lo', 'by chance from'),
        shareColumn('hi', 'to'),
      ],
      trials.map((trial) => ({ ...trial, kind: words[trial.kind] })),
    ),
    how: 'calibration',
    notes: [
      'Tried where the truth is known: on weeks that were kept back, on this data where nothing was done, and where an effect of known size was added to it.',
    ],
  };
}

const BACKTEST_WORDS = { passed: 'stayed quiet', failed: 'saw something', not_run: 'could not be tried' } as const;

/** The method of each study on earlier windows, in which nothing was done. */
export async function backtestsFigure(call: PageCall): Promise<Figure | undefined> {
  const rows = await readBacktests(call.results);
  if (rows.length === 0) return undefined;
  const tried = rows.filter((row) => row.verdict !== 'not_run');
  const quiet = tried.filter((row) => row.verdict === 'passed').length;
  return {
    id: 'backtests',
    title: 'Backtests: the same reading where nothing had been done',
    summary:
      tried.length === 0
        ? `None of ${rows.length} ${rows.length === 1 ? 'study' : 'studies'} could be tried on earlier windows: the data do not reach back far enough.`
        : `${quiet} of ${tried.length} ${tried.length === 1 ? 'study' : 'studies'} stayed quiet on earlier windows without a campaign${
            tried.length < rows.length ? `; ${rows.length - tried.length} could not be tried` : ''
          }.`,
    table: makeTable(
      [textColumn('study', 'Study'), textColumn('result', 'Result'), textColumn('sentence', 'What was found')],
      rows.map((row) => ({ ...row, result: BACKTEST_WORDS[row.verdict] })),
    ),
    how: 'calibration',
  };
}

/** Whether the range that the mix model stated for weeks that it did not see held what came. */
export async function foretoldFigure(call: PageCall): Promise<Figure | undefined> {
  const run = await readMixRun(call.results);
  if (run === undefined || run.status !== 'ok') return undefined;
  const weeks = (await readMixWeeks(call.results)).filter(
    (week) => week.isHeldOut && week.actual !== null && week.foretoldLo !== null && week.foretoldHi !== null,
  );
  if (weeks.length === 0) return undefined;
  const rows = weeks.map((week) => ({
    ...week,
    isWithin: week.actual! >= week.foretoldLo! && week.actual! <= week.foretoldHi!,
  }));
  const within = rows.filter((row) => row.isWithin).length;
  return {
    id: 'foretold',
    title: 'Stated and real coverage: weeks that the mix model did not see',
    summary: `The model stated ${percent(run.level)}; ${within} of ${rows.length} weeks (${percent(within / rows.length)}) fell within.`,
    table: makeTable(
      [
        { id: 'week', label: 'Week from', type: 'day' },
        { id: 'foretoldLo', label: 'Foretold, low', type: 'decimal', scale: 2, unit: run.unit },
        { id: 'foretoldHi', label: 'high', type: 'decimal', scale: 2, unit: run.unit },
        { id: 'actual', label: 'Came', type: 'decimal', scale: 2, unit: run.unit },
        { id: 'isWithin', label: 'Within', type: 'boolean' },
      ],
      rows,
    ),
    how: 'mix',
    notes: [
      `${rows.length} ${rows.length === 1 ? 'week says' : 'weeks say'} little about coverage: at ${percent(run.level)}, some miss by chance alone.`,
    ],
  };
}

/** Earlier runs that are read again at most: a page must not open hundreds. */
const MOST_EARLIER = 20;

/** What earlier runs said of each study, beside what this one says. */
export async function earlierFigure(call: PageCall): Promise<Figure | undefined> {
  const runs = await call.withEarlier(MOST_EARLIER, async (results) => ({
    madeAt: results.manifest.made_at,
    studies: await readStudies(results),
  }));
  const now = await readStudies(call.results);
  const readings = earlierReadings(runs, now);
  const rows = readings.filter((row) => row.isChanged);
  if (readings.length === 0) return undefined;
  const within = rows.filter((row) => row.isWithin).length;
  const money = rows.filter((row) => row.unit === call.currency);
  const same = readings.length - rows.length;
  return {
    id: 'earlier',
    title: 'What earlier runs said of the studies',
    summary:
      rows.length === 0
        ? `All ${readings.length} earlier ${readings.length === 1 ? 'reading says' : 'readings say'} exactly what this run says: no new data changed a study.`
        : `${within} of ${rows.length} earlier ${rows.length === 1 ? 'reading' : 'readings'} that said something else had an interval that holds what is said now${
            same === 0 ? '' : `; ${same} more said exactly the same`
          }.`,
    draw:
      money.length === 0
        ? undefined
        : (width) =>
            drawIntervalRows(
              money.slice(0, DRAWN_READINGS).map((row) => ({
                label: `${row.id}, ${day(row.madeAt)}`,
                value: row.now,
                lo: row.lo,
                hi: row.hi,
                text: `${row.isWithin ? 'within' : 'outside'} (${shortMoney(row.lo, call.currency)} to ${shortMoney(row.hi, call.currency)})`,
                isWeak: !row.isWithin,
              })),
              { width, marks: [{ x: 0, label: '0' }], format: (value) => shortMoney(value, call.currency) },
            ),
    keys: [
      { label: 'what is said now, on the interval of then', series: 1, shape: 'circle' },
      { label: 'outside of it', series: 'muted', shape: 'diamond' },
    ],
    table: makeTable(
      [
        textColumn('id', 'Study'),
        { id: 'madeAt', label: 'Run of', type: 'instant' },
        textColumn('unit', 'Unit'),
        { id: 'earlier', label: 'Said then', type: 'decimal', scale: 2, unit: 'ratio' },
        { id: 'lo', label: 'low', type: 'decimal', scale: 2, unit: 'ratio' },
        { id: 'hi', label: 'high', type: 'decimal', scale: 2, unit: 'ratio' },
        { id: 'now', label: 'Now', type: 'decimal', scale: 2, unit: 'ratio' },
        { id: 'isWithin', label: 'Within', type: 'boolean' },
      ],
      readings.map((row) => ({ ...row })),
    ),
    how: 'calibration',
    notes: [
      'Two runs over mostly the same data agree more often than new data would: this shows jumps, it does not prove coverage.',
      ...(call.earlierRuns > MOST_EARLIER
        ? [`The newest ${MOST_EARLIER} of ${call.earlierRuns} earlier runs were read.`]
        : []),
      ...(money.length > DRAWN_READINGS ? [`${DRAWN_READINGS} of ${money.length} are drawn; the table has all.`] : []),
    ],
  };
}

const DRAWN_READINGS = 20;

interface Reading {
  id: string;
  madeAt: string;
  unit: string;
  earlier: number;
  lo: number;
  hi: number;
  now: number;
  isWithin: boolean;
  /** says something else than the run after it: a reading that was only published again is no second one */
  isChanged: boolean;
}

/**
 * Readings of earlier runs of the claims that this run holds, newest first.
 *
 * @param runs  newest first
 */
export function earlierReadings(
  runs: readonly { madeAt: string; studies: readonly Study[] }[],
  now: readonly Study[],
): Reading[] {
  const last = new Map(now.map((study) => [study.id, study]));
  return runs.flatMap(({ madeAt, studies }) =>
    studies.flatMap((study) => {
      const { id, unit, value, lo, hi } = study;
      const today = now.find((one) => one.id === id && one.unit === unit)?.value ?? null;
      if (today === null || value === null || lo === null || hi === null) return [];
      const after = last.get(id);
      last.set(id, study);
      const isChanged = after?.value !== value || after.lo !== lo || after.hi !== hi;
      return [
        { id, madeAt, unit, earlier: value, lo, hi, now: today, isWithin: today >= lo && today <= hi, isChanged },
      ];
    }),
  );
}
