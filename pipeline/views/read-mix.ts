import type { Results } from '../results.ts';
import { hasTable } from './make-table.ts';
import { numberOrNull } from './read-models.ts';

/** How the mix model of a run came about (docs/mix.md). */
export interface MixRun {
  status: 'ok' | 'not_converged' | 'refused';
  message: string | null;
  outcome: string;
  /** a currency code, or `count` */
  unit: string;
  firstWeek: string | null;
  lastWeek: string | null;
  weeks: number | null;
  geos: number | null;
  level: number;
  maxRhat: number | null;
  minEss: number | null;
  divergences: number | null;
  observed: number | null;
  isCurrent: boolean;
}

export interface MixDriverRow {
  driver: string;
  kind: string;
  contribution: number;
  lo: number;
  hi: number;
  share: number | null;
  spend: number | null;
  roi: number | null;
  roiLo: number | null;
  roiHi: number | null;
  mroi: number | null;
  mroiLo: number | null;
  mroiHi: number | null;
  /** what the number is known from: data, prior, experiment */
  informedBy: string;
  grade: string;
  priorOn: string | null;
  prior: number | null;
  priorLo: number | null;
  priorHi: number | null;
  posterior: number | null;
  posteriorLo: number | null;
  posteriorHi: number | null;
}

export interface MixWeek {
  week: string;
  actual: number | null;
  fitted: number;
  lo: number;
  hi: number;
  isHeldOut: boolean;
  foretold: number | null;
  foretoldLo: number | null;
  foretoldHi: number | null;
}

export interface MixResponsePoint {
  driver: string;
  factor: number;
  spend: number | null;
  value: number;
  lo: number;
  hi: number;
  isExtrapolated: boolean;
}

export interface MixFinding {
  phase: string;
  code: string;
  isPassed: boolean | null;
  message: string;
}

type Row = Readonly<Record<string, unknown>>;

/** The mix model of the run; undefined when none was asked for. */
export async function readMixRun(results: Results): Promise<MixRun | undefined> {
  if (!hasTable(results, 'mix_run')) return undefined;
  const [row] = await results.rows<Row>('select * from mix_run');
  if (row === undefined) return undefined;
  return {
    status: String(row.status) as MixRun['status'],
    message: row.message === null ? null : String(row.message),
    outcome: String(row.outcome),
    unit: String(row.unit),
    firstWeek: row.first_week_date === null ? null : String(row.first_week_date).slice(0, 10),
    lastWeek: row.last_week_date === null ? null : String(row.last_week_date).slice(0, 10),
    weeks: numberOrNull(row.weeks),
    geos: numberOrNull(row.geos),
    level: Number(row.level ?? 0.9),
    maxRhat: numberOrNull(row.max_rhat),
    minEss: numberOrNull(row.min_ess_bulk),
    divergences: numberOrNull(row.divergences),
    observed: numberOrNull(row.observed),
    isCurrent: isTrue(row.is_current),
  };
}

export async function readMixDrivers(results: Results): Promise<MixDriverRow[]> {
  const rows = await results.rows<Row>('select * from mix_driver order by position');
  return rows.map((row) => ({
    driver: String(row.driver),
    kind: String(row.kind),
    contribution: Number(row.contribution),
    lo: Number(row.contribution_lo),
    hi: Number(row.contribution_hi),
    share: numberOrNull(row.share),
    spend: numberOrNull(row.spend),
    roi: numberOrNull(row.roi),
    roiLo: numberOrNull(row.roi_lo),
    roiHi: numberOrNull(row.roi_hi),
    mroi: numberOrNull(row.mroi),
    mroiLo: numberOrNull(row.mroi_lo),
    mroiHi: numberOrNull(row.mroi_hi),
    informedBy: String(row.informed_by),
    grade: String(row.grade),
    priorOn: row.prior_on === null ? null : String(row.prior_on),
    prior: numberOrNull(row.prior),
    priorLo: numberOrNull(row.prior_lo),
    priorHi: numberOrNull(row.prior_hi),
    posterior: numberOrNull(row.posterior),
    posteriorLo: numberOrNull(row.posterior_lo),
    posteriorHi: numberOrNull(row.posterior_hi),
  }));
}

/** Sums of the parts that are no driver: baseline, season and so on. */
export async function readMixParts(results: Results): Promise<{ part: string; amount: number }[]> {
  const rows = await results.rows<Row>(
    `select part, sum(amount) as amount from mix_decomposition
     where part not in (select driver from mix_driver) group by part, position order by position`,
  );
  return rows.map((row) => ({ part: String(row.part), amount: Number(row.amount) }));
}

/** The outcome of each week taken apart: each driver, and all that is none (driver null). */
export async function readMixStack(results: Results) {
  const rows = await results.rows<Record<string, unknown>>(
    `select cast(week_date as varchar) as week, case when part in (select driver from mix_driver) then part end as driver, sum(amount) as amount,
       case when count(*) = 1 then max(amount_lo) end as lo, case when count(*) = 1 then max(amount_hi) end as hi
     from mix_decomposition group by 1, 2 order by 1, 2 nulls first`,
  );
  return rows.map((row) => ({
    week: String(row.week).slice(0, 10),
    driver: row.driver === null ? null : String(row.driver),
    amount: Number(row.amount),
    lo: numberOrNull(row.lo),
    hi: numberOrNull(row.hi),
  }));
}

export async function readMixWeeks(results: Results): Promise<MixWeek[]> {
  const rows = await results.rows<Row>('select * from mix_fit order by week_date');
  return rows.map((row) => ({
    week: String(row.week_date).slice(0, 10),
    actual: numberOrNull(row.actual),
    fitted: Number(row.fitted),
    lo: Number(row.fitted_lo),
    hi: Number(row.fitted_hi),
    isHeldOut: isTrue(row.is_held_out),
    foretold: numberOrNull(row.foretold),
    foretoldLo: numberOrNull(row.foretold_lo),
    foretoldHi: numberOrNull(row.foretold_hi),
  }));
}

export async function readMixResponse(results: Results): Promise<MixResponsePoint[]> {
  const rows = await results.rows<Row>('select * from mix_response order by position, factor');
  return rows.map((row) => ({
    driver: String(row.driver),
    factor: Number(row.factor),
    spend: numberOrNull(row.spend),
    value: Number(row.contribution),
    lo: Number(row.contribution_lo),
    hi: Number(row.contribution_hi),
    isExtrapolated: isTrue(row.is_extrapolated),
  }));
}

export async function readMixFindings(results: Results): Promise<MixFinding[]> {
  const rows = await results.rows<Row>('select * from mix_diagnostic order by position');
  return rows.map((row) => ({
    phase: String(row.phase),
    code: String(row.code),
    isPassed: row.is_passed === null ? null : isTrue(row.is_passed),
    message: String(row.message),
  }));
}

export async function readMixParameters(results: Results): Promise<Record<string, unknown>[]> {
  return results.rows(
    'select parameter, mean, sd, q5, q95, rhat, ess_bulk, ess_tail from mix_parameter order by position',
  );
}

export interface MixExperimentRow {
  experiment: string;
  drivers: string;
  grade: string;
  estimate: number;
  standardError: number;
  model: number;
  modelLo: number;
  modelHi: number;
  /** (estimate - model) / sd of the difference */
  z: number | null;
}

/** Studies that calibrate the model, and what the model says of each. */
export async function readMixExperiments(results: Results): Promise<MixExperimentRow[]> {
  if (!hasTable(results, 'mix_experiment')) return [];
  const rows = await results.rows<Row>('select * from mix_experiment order by position');
  return rows.map((row) => ({
    experiment: String(row.experiment),
    drivers: String(row.drivers),
    grade: String(row.grade),
    estimate: Number(row.estimate),
    standardError: Number(row.standard_error),
    model: Number(row.model),
    modelLo: Number(row.model_lo),
    modelHi: Number(row.model_hi),
    z: numberOrNull(row.z),
  }));
}

export interface BudgetRow {
  channel: string;
  now: number;
  proposed: number;
  atLeast: number | null;
  atMost: number | null;
  bound: string | null;
  outcome: number | null;
  outcomeLo: number | null;
  outcomeHi: number | null;
  outcomeNow: number | null;
  mroi: number | null;
}

export interface BudgetTotal {
  weeks: number | null;
  now: number | null;
  proposed: number | null;
  gain: number | null;
  gainLo: number | null;
  gainHi: number | null;
  profitGain: number | null;
  profitGainLo: number | null;
  profitGainHi: number | null;
  pBetter: number | null;
  level: number;
  /** why there is no plan */
  message: string | null;
}

export async function readBudget(results: Results): Promise<{ rows: BudgetRow[]; total: BudgetTotal | undefined }> {
  const rows = await results.rows<Row>('select * from mix_budget order by position');
  const total = rows.find((row) => row.channel === '(total)');
  return {
    rows: rows
      .filter((row) => row !== total)
      .map((row) => ({
        channel: String(row.channel),
        now: Number(row.current_spend),
        proposed: Number(row.proposed_spend),
        atLeast: numberOrNull(row.lower_bound),
        atMost: numberOrNull(row.upper_bound),
        bound: row.bound === null ? null : String(row.bound),
        outcome: numberOrNull(row.outcome),
        outcomeLo: numberOrNull(row.outcome_lo),
        outcomeHi: numberOrNull(row.outcome_hi),
        outcomeNow: numberOrNull(row.current_outcome),
        mroi: numberOrNull(row.mroi),
      })),
    total: total && {
      weeks: numberOrNull(total.weeks),
      now: numberOrNull(total.current_spend),
      proposed: numberOrNull(total.proposed_spend),
      gain: numberOrNull(total.gain),
      gainLo: numberOrNull(total.gain_lo),
      gainHi: numberOrNull(total.gain_hi),
      profitGain: numberOrNull(total.profit_gain),
      profitGainLo: numberOrNull(total.profit_gain_lo),
      profitGainHi: numberOrNull(total.profit_gain_hi),
      pBetter: numberOrNull(total.p_better),
      level: Number(total.level ?? 0.9),
      message: total.message === null ? null : String(total.message),
    },
  };
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
