import type { VerdictWord } from '../../models/evidence.ts';
import type { Grade } from '../../models/lift/gates/types.ts';
import type { Results } from '../results.ts';
import { hasTable } from './make-table.ts';
import { numberOrNull } from './read-models.ts';

/** A claim of a study as published (docs/studies.md); totals over treated units and the window. */
export interface Study {
  id: string;
  study: string;
  kind: string;
  question: string;
  claim: string;
  isRegistered: boolean;
  outcome: string;
  /** a currency code, or `count` */
  unit: string;
  driver: string | null;
  geos: string[];
  startDate: string | null;
  endDate: string | null;
  design: string | null;
  method: string | null;
  value: number | null;
  lo: number | null;
  hi: number | null;
  level: number | null;
  relative: number | null;
  relativeLo: number | null;
  relativeHi: number | null;
  pValue: number | null;
  pPositive: number | null;
  grade: Grade;
  gradeCeiling: Grade | null;
  word: VerdictWord;
  sentence: string;
  gatesPassed: number | null;
  gatesRun: number | null;
  spend: number | null;
  iroas: number | null;
  iroasLo: number | null;
  iroasHi: number | null;
  breakEven: number | null;
  paysSentence: string | null;
  incrementalityFactor: number | null;
  incrementalityFactorLo: number | null;
  incrementalityFactorHi: number | null;
  minimumDetectableEffect: number | null;
  cheapestNextTest: string | null;
  lookedAt: number | null;
  qValue: number | null;
  shrunkenValue: number | null;
  treatedUnits: number | null;
  controlUnits: number | null;
  periods: number | null;
  /** why it was not measured */
  reason: string | null;
}

/** Every claim of the run: registered studies first, then by id. */
export async function readStudies(results: Results): Promise<Study[]> {
  if (!hasTable(results, 'lift_study')) return [];
  const rows = await results.rows<Record<string, unknown>>(
    'select * from lift_study order by is_registered desc, study, study_id',
  );
  return rows.map(studyOf);
}

function studyOf(row: Record<string, unknown>): Study {
  const text = (name: string): string | null =>
    row[name] === null || row[name] === undefined ? null : String(row[name]);
  const day = (name: string): string | null => text(name)?.slice(0, 10) ?? null;
  const number = (name: string): number | null => numberOrNull(row[name]);
  return {
    id: text('study_id')!,
    study: text('study')!,
    kind: text('kind')!,
    question: text('question') ?? '',
    claim: text('claim')!,
    isRegistered: row.is_registered === true || row.is_registered === 'true',
    outcome: text('outcome') ?? '',
    unit: text('unit') ?? 'count',
    driver: text('driver'),
    geos: text('geos')?.split(',') ?? [],
    startDate: day('start_date'),
    endDate: day('end_date'),
    design: text('design'),
    method: text('primary_method'),
    value: number('value'),
    lo: number('value_lo'),
    hi: number('value_hi'),
    level: number('level'),
    relative: number('relative'),
    relativeLo: number('relative_lo'),
    relativeHi: number('relative_hi'),
    pValue: number('p_value'),
    pPositive: number('p_positive'),
    grade: (text('grade') ?? 'X') as Grade,
    gradeCeiling: text('grade_ceiling') as Grade | null,
    word: (text('word') ?? 'cannot_tell') as VerdictWord,
    sentence: text('sentence') ?? '',
    gatesPassed: number('gates_passed'),
    gatesRun: number('gates_run'),
    spend: number('spend'),
    iroas: number('iroas'),
    iroasLo: number('iroas_lo'),
    iroasHi: number('iroas_hi'),
    breakEven: number('break_even'),
    paysSentence: text('pays_sentence'),
    incrementalityFactor: number('incrementality_factor'),
    incrementalityFactorLo: number('incrementality_factor_lo'),
    incrementalityFactorHi: number('incrementality_factor_hi'),
    minimumDetectableEffect: number('minimum_detectable_effect'),
    cheapestNextTest: text('cheapest_next_test'),
    lookedAt: number('looked_at'),
    qValue: number('q_value'),
    shrunkenValue: number('shrunken_value'),
    treatedUnits: number('treated_units'),
    controlUnits: number('control_units'),
    periods: number('periods'),
    reason: text('reason'),
  };
}

export interface StudyEstimate {
  method: string;
  isPrimary: boolean;
  value: number | null;
  lo: number | null;
  hi: number | null;
  level: number | null;
}

export async function readEstimates(results: Results, study: string): Promise<StudyEstimate[]> {
  const rows = await results.rows<Record<string, unknown>>(
    `select method, is_primary, value, value_lo, value_hi, level from lift_estimate where study_id = $study
     order by is_primary desc, method`,
    { study },
  );
  return rows.map((row) => ({
    method: String(row.method),
    isPrimary: row.is_primary === true || row.is_primary === 'true',
    value: numberOrNull(row.value),
    lo: numberOrNull(row.value_lo),
    hi: numberOrNull(row.value_hi),
    level: numberOrNull(row.level),
  }));
}

export interface StudyDay {
  day: string;
  actual: number;
  counterfactual: number | null;
  lo: number | null;
  hi: number | null;
  cumulative: number | null;
  isTreated: boolean;
}

export interface StudySeries {
  /** which estimator it is of: the registered one where that has a series */
  method: string;
  days: StudyDay[];
}

/** Estimators that have a counterfactual day by day, the steadiest first. */
const DRAWING = ['sdid', 'ascm', 'sc', 'did', 'tbr', 'bsts'];

/** What was seen and expected day by day, by the registered method, else by another that has it. */
export async function readSeries(results: Results, study: Study): Promise<StudySeries> {
  const rows = await results.rows<Record<string, unknown>>(
    `select method, cast(period as varchar) as period, actual, counterfactual, lo, hi, cumulative, is_treated_period
     from lift_series where study_id = $study order by period`,
    { study: study.id },
  );
  const rank = (method: string): number =>
    method === study.method ? -1 : DRAWING.includes(method) ? DRAWING.indexOf(method) : DRAWING.length;
  const [method] = [...new Set(rows.map((row) => String(row.method)))].sort(
    (a, b) => rank(a) - rank(b) || (a < b ? -1 : 1),
  );
  return {
    method: method ?? '',
    days: rows
      .filter((row) => row.method === method)
      .map((row) => ({
        day: String(row.period).slice(0, 10),
        actual: Number(row.actual),
        counterfactual: numberOrNull(row.counterfactual),
        lo: numberOrNull(row.lo),
        hi: numberOrNull(row.hi),
        cumulative: numberOrNull(row.cumulative),
        isTreated: row.is_treated_period === true || row.is_treated_period === 'true',
      })),
  };
}

export interface StudyGate {
  number: number;
  gate: string;
  isBlocking: boolean;
  verdict: 'passed' | 'failed' | 'not_run';
  cap: Grade | null;
  sentence: string;
}

export async function readGates(results: Results, study: string): Promise<StudyGate[]> {
  const rows = await results.rows<Record<string, unknown>>(
    'select gate_number, gate, is_blocking, verdict, cap, sentence from lift_gate where study_id = $study order by gate_number',
    { study },
  );
  return rows.map((row) => ({
    number: Number(row.gate_number),
    gate: String(row.gate),
    isBlocking: row.is_blocking === true || row.is_blocking === 'true',
    verdict: String(row.verdict) as StudyGate['verdict'],
    cap: row.cap === null ? null : (String(row.cap) as Grade),
    sentence: String(row.sentence),
  }));
}

/** Donor units with their weights; empty for a method that has none. */
export async function readWeights(
  results: Results,
  study: string,
  method: string,
): Promise<{ kind: string; name: string; weight: number }[]> {
  const rows = await results.rows<{ kind: string; name: string; weight: unknown }>(
    `select kind, name, weight from lift_weight where study_id = $study and method = $method order by kind desc, weight desc, name`,
    { study, method },
  );
  return rows.map((row) => ({ kind: row.kind, name: String(row.name), weight: Number(row.weight) }));
}

export interface StudyPlace {
  name: string;
  arm: 'treated' | 'control' | 'left_out' | 'both';
}

/** Places that a study compares, the treated first; empty where it compares none, or in runs of earlier versions. */
export async function readPlaces(results: Results, study: string): Promise<StudyPlace[]> {
  if (!hasTable(results, 'lift_unit')) return [];
  const rows = await results.rows<Record<string, unknown>>(
    "select unit, arm from lift_unit where study_id = $study order by arm = 'left_out', arm = 'control', unit",
    { study },
  );
  return rows.map((row) => ({ name: String(row.unit), arm: String(row.arm) as StudyPlace['arm'] }));
}

export interface StudyDraw {
  drawNo: number;
  /** null where a placebo fitted perfectly and counts as extreme */
  effect: number | null;
}

/** What the registered test showed where nothing was done; empty where it draws nothing, or in runs of earlier versions. */
export async function readDraws(results: Results, study: string): Promise<StudyDraw[]> {
  if (!hasTable(results, 'lift_placebo')) return [];
  const rows = await results.rows<Record<string, unknown>>(
    'select draw_no, effect from lift_placebo where study_id = $study order by draw_no',
    { study },
  );
  return rows.map((row) => ({ drawNo: Number(row.draw_no), effect: numberOrNull(row.effect) }));
}

export interface StudyPower {
  method: string;
  effect: number;
  power: number;
}

/** How likely the registered test finds each size, ascending; empty where it cannot be told, or in runs of earlier versions. */
export async function readPower(results: Results, study: string): Promise<StudyPower[]> {
  if (!hasTable(results, 'lift_power')) return [];
  const rows = await results.rows<Record<string, unknown>>(
    'select method, effect, power from lift_power where study_id = $study order by effect',
    { study },
  );
  return rows.map((row) => ({ method: String(row.method), effect: Number(row.effect), power: Number(row.power) }));
}
