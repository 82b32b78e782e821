import { stringify } from 'yaml';
import type { z } from 'zod';
import { InputError } from '../models/errors.ts';
import { OUTCOMES, studiesSchema, wrongStudy } from './config-studies.ts';

/** One entry of `studies:` as it is written in `liftproof.yaml`. */
export type StudyEntry = NonNullable<z.input<typeof studiesSchema>>[number];

/** What a plan is told about the study that it is for. */
export interface StudyFacts {
  id?: string;
  question?: string;
  channels?: readonly string[];
  /** first day of the test; when absent the first one after both history and today */
  start?: string;
  /** today, on which the entry is written */
  today: string;
}

/** How the periods of a history lie in the calendar. */
export interface PeriodCalendar {
  /** days from one period to the next */
  stepDays: number;
  /** days in all */
  days: number;
  /** first day after the last period */
  next: string;
}

/**
 * Reads period labels as days (`2026-06-01`, in equal steps) or ISO weeks (`2026-W09`).
 *
 * @returns null when they are neither: then nothing says on which days a test of so many periods would run
 */
export function calendarOf(periods: readonly string[]): PeriodCalendar | null {
  const days = periods.map(dayNumber);
  if (periods.length < 2 || days.some((day) => day === null)) return null;
  const [first, last] = [days[0]!, days[days.length - 1]!];
  const stepDays = periods[0].includes('W') ? 7 : last - days[days.length - 2]!;
  return { stepDays, days: last - first + stepDays, next: dayText(last + stepDays) };
}

/** A geo test: chosen geos, or those that a coin chose within pairs. */
export function geoStudy(
  facts: StudyFacts,
  calendar: PeriodCalendar,
  design: {
    treated: readonly string[];
    periods: number;
    pairs: readonly (readonly [string, string])[] | null;
    outcome: string;
    level: number;
    seed: number;
    target: number | undefined;
  },
): StudyEntry {
  const { treated, periods, pairs, outcome, level, seed, target } = design;
  const window = windowOf(facts, calendar.next, periods * calendar.stepDays);
  return checkedEntry({
    ...headOf(facts, 'geo', window),
    ...outcomePart(outcome),
    method: pairs === null ? 'sc' : 'paired',
    pre_days: Math.min(calendar.days, 1095),
    treated: [...treated],
    ...(pairs === null ? {} : { pairs: pairs.map((pair) => [...pair]) }),
    level,
    seed,
    ...plausible(target),
  });
}

/** A randomised posting schedule; `seed` and the regions are what it can be drawn from again. */
export function postingStudy(
  facts: StudyFacts,
  calendar: PeriodCalendar | null,
  schedule: { regions: readonly string[]; blocks: number; blockLength: number; washout: number; seed: number },
  more: { outcome: string | undefined; level: number },
): StudyEntry {
  const step = calendar?.stepDays ?? 1;
  const { regions, blocks, blockLength, washout, seed } = schedule;
  const window = windowOf(facts, calendar?.next ?? null, blocks * blockLength * step);
  return checkedEntry({
    ...headOf(facts, 'posting', window),
    ...outcomePart(more.outcome),
    block_days: blockLength * step,
    washout_days: washout * step,
    treated: [...regions],
    level: more.level,
    seed,
  });
}

/** A test of randomised users, whose arms stand in the assignment log under the id of the study. */
export function usersStudy(
  facts: StudyFacts,
  design: { days: number; treatedShare: number; cuped: boolean; level: number; lift: number },
): StudyEntry {
  const { days, treatedShare, cuped, level, lift } = design;
  return checkedEntry({
    ...headOf({ ...facts, question: facts.question ?? 'spend_sales' }, 'users', windowOf(facts, null, days)),
    method: cuped ? 'cuped' : 'itt',
    planned_share: treatedShare,
    level,
    ...plausible(lift),
  });
}

/** The entry as lines that can be pasted into `liftproof.yaml`. */
export function studyYaml(entry: StudyEntry): string {
  return stringify({ studies: [entry] }, { lineWidth: 0 }).trimEnd();
}

function headOf(
  { id, question = 'posting_sales', channels = [], today }: StudyFacts,
  kind: StudyEntry['kind'],
  window: { start: string; end: string },
): Pick<StudyEntry, 'id' | 'kind' | 'question' | 'channels' | 'start' | 'end' | 'registered'> {
  return {
    id: id ?? `${kind}_${window.start}`,
    kind,
    // the schema says which ones there are
    question: question as StudyEntry['question'],
    ...(channels.length === 0 ? {} : { channels: [...channels] }),
    ...window,
    registered: today,
  };
}

function windowOf(facts: StudyFacts, next: string | null, days: number): { start: string; end: string } {
  const tomorrow = dayText(dayNumber(facts.today)! + 1);
  const start = facts.start ?? (next !== null && next > tomorrow ? next : tomorrow);
  const first = dayNumber(start);
  if (first === null || start.includes('W')) {
    throw new InputError('usage', `--start is ${start}; give a day such as 2026-03-02`);
  }
  return { start, end: dayText(first + days - 1) };
}

/** A column that goes by the name of an outcome is that outcome; any other means the default of the question. */
function outcomePart(column: string | undefined): Pick<StudyEntry, 'outcome'> {
  const outcome = OUTCOMES.find((name) => name === column);
  return outcome === undefined ? {} : { outcome };
}

/** A lift that is worth a test is one that may be believed: more than the default where more is aimed at. */
function plausible(target: number | undefined): Pick<StudyEntry, 'plausible_lift'> {
  return target !== undefined && Math.abs(target) > 0.1 ? { plausible_lift: Math.abs(target) } : {};
}

/** The configuration that the entry is for must take it. */
function checkedEntry(entry: StudyEntry): StudyEntry {
  const parsed = studiesSchema.safeParse([entry]);
  const wrong = parsed.success
    ? wrongStudy(parsed.data, [])?.message
    : parsed.error.issues.map(({ path, message }) => `studies.${path.join('.')}: ${message}`).join('; ');
  if (wrong !== undefined) {
    throw new InputError('usage', `the plan makes no study: ${wrong.replace('studies.0.', '')}`);
  }
  return entry;
}

/** Days since 1970; a week counts from its Monday. Null for anything else. */
function dayNumber(label: string): number | null {
  const week = /^(\d{4})-W(\d{2})$/.exec(label);
  if (week !== null) {
    // 4 January is in week 1; Sunday is the last day of a week
    const fourth = Math.floor(Date.UTC(Number(week[1]), 0, 4) / 86_400_000);
    return fourth - ((fourth + 3) % 7) + 7 * (Number(week[2]) - 1);
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(label)) return null;
  const at = Date.parse(`${label}T00:00:00Z`);
  return Number.isNaN(at) ? null : at / 86_400_000;
}

function dayText(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}
