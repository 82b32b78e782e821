import type { MixCheck, MixResult } from '../models/mix/index.ts';
import { amount, cells, fixed, insert, makeTable, text } from './mix-cells.ts';
import type { MixNote } from './mix-drivers.ts';
import { diagnosticRows } from './mix-findings.ts';
import { sqlFiles } from './sql-files.ts';
import type { Warehouse } from './warehouse.ts';

/** What stands in `result.mix_run` besides the diagnostics of the fit. */
export interface MixRunRow {
  status: 'ok' | 'not_converged' | 'refused';
  message: string | null;
  outcome: string;
  unit: string;
  isByGeo: boolean;
  holdoutWeeks: number;
  level: number;
  /** first and last week with an outcome */
  window: readonly [string, string] | null;
  fingerprint: string;
  budgetFingerprint: string | null;
}

/** Everything a fit leaves behind. `result` is null when nothing was fitted. */
export interface MixRows {
  run: MixRunRow;
  notes: readonly MixNote[];
  /** what is known before sampling, also where it failed */
  checks: readonly MixCheck[];
  result: MixResult | null;
  /** of a second fit that did not see the last weeks */
  holdout: MixResult | null;
  /** conversions per week, and how many a week needs before it is told */
  conversions: ReadonlyMap<string, number>;
  k: number;
}

/** Tables of the mix model, without the rows of the budget. */
const TABLES = sqlFiles('table/result').filter((name) => name.startsWith('mix_'));

/** Empties every table of the mix model. */
export async function forgetMix(warehouse: Warehouse): Promise<void> {
  for (const name of TABLES) await makeTable(warehouse, name);
}

/** Writes the fit anew, without its budget. */
export async function writeMix(warehouse: Warehouse, rows: MixRows): Promise<void> {
  await forgetMix(warehouse);
  const { result, run } = rows;
  await insert(warehouse, 'mix_run', [runRow(run, result)]);
  await insert(warehouse, 'mix_diagnostic', diagnosticRows(rows));
  if (result === null || result.status !== 'ok') return;
  await insert(warehouse, 'mix_driver', result.drivers.map(driverRow));
  await insert(
    warehouse,
    'mix_geo',
    result.drivers.flatMap((driver, i) =>
      (driver.by_geo ?? []).map(({ geo, contribution, spend }) =>
        cells(
          i,
          text(driver.name),
          text(geo),
          ...amount(contribution, 6, 'sd'),
          fixed(spend, 3),
          fixed(contribution.level, 6),
        ),
      ),
    ),
  );
  await insert(
    warehouse,
    'mix_parameter',
    result.parameters.map((one, i) =>
      cells(
        i,
        text(one.name),
        text(one.unit),
        ...[one.mean, one.sd, one.q5, one.q95, one.mcse, one.rhat].map((x) => fixed(x, 9)),
        fixed(one.ess_bulk, 3),
        fixed(one.ess_tail, 3),
      ),
    ),
  );
  await insert(warehouse, 'mix_decomposition', decompositionRows(result));
  await insert(
    warehouse,
    'mix_response',
    result.drivers.flatMap((driver, i) =>
      driver.response_curve.map((point) =>
        cells(
          i,
          text(driver.name),
          fixed(point.factor, 6),
          fixed(point.spend, 3),
          ...amount(point.contribution, 6, 'sd'),
          fixed(point.contribution.level, 6),
          fixed(point.beyond_observed, 9),
          String(point.extrapolated),
        ),
      ),
    ),
  );
  await insert(warehouse, 'mix_fit', fitRows(rows, result));
  await insert(
    warehouse,
    'mix_experiment',
    result.experiments.map((one, i) =>
      cells(
        i,
        text(one.name),
        text(one.drivers.join(', ')),
        text(one.grade),
        fixed(one.estimate, 6),
        fixed(one.standard_error, 6),
        ...amount(one.model, 6),
        fixed(one.z, 9),
        fixed(one.model.level, 6),
      ),
    ),
  );
}

function runRow(run: MixRunRow, result: MixResult | null): string {
  const d = result?.diagnostics;
  const own = [
    text(run.status),
    text(run.message),
    text(run.status === 'not_converged' ? d?.worst.name : null),
    text(run.outcome),
    text(run.unit),
    String(run.isByGeo),
    ...(run.window === null ? ['null', 'null'] : run.window.map((day) => `date ${text(day)}`)),
  ];
  const numbers = [
    d?.weeks,
    d?.geos,
    d?.fitted_cells,
    d?.parameters,
    result === null || result.status !== 'ok' ? undefined : result.drivers.length,
    d?.chains,
    d?.draws,
    d?.warmup,
    run.holdoutWeeks,
    d === undefined ? undefined : Number(d.seed),
  ].map((value) => (value === undefined ? 'null' : String(value)));
  const fit = [
    fixed(run.level, 6),
    fixed(d?.max_rhat, 9),
    fixed(d?.min_ess_bulk, 3),
    fixed(d?.min_ess_tail, 3),
    d === undefined ? 'null' : String(d.divergences),
    fixed(d?.energy_fraction, 9),
    d === undefined ? 'null' : String(d.clean),
    fixed(result?.decomposition?.observed, 6),
    fixed(result?.decomposition?.probability_baseline_negative, 9),
    'true',
    text(run.fingerprint),
    text(run.budgetFingerprint),
  ];
  return cells(...own, ...numbers, ...fit);
}

function driverRow(driver: MixResult['drivers'][number], i: number): string {
  const { contribution, contribution_share: share, prior } = driver;
  return cells(
    i,
    text(driver.name),
    text(driver.kind),
    text(driver.sign),
    ...amount(contribution, 6, 'sd'),
    fixed(contribution.mcse, 6),
    ...amount(share, 9),
    fixed(driver.spend, 3),
    ...amount(driver.roi, 9, 'sd'),
    ...amount(driver.mroi, 9, 'sd'),
    ...amount(driver.outcome_per_spend, 9),
    fixed(driver.cost_per_outcome, 9),
    fixed(driver.probability_positive, 9),
    fixed(driver.probability_roi_above_one, 9),
    fixed(contribution.level, 6),
    text(driver.informed_by),
    text(driver.grade),
    text(prior.on),
    ...amount(prior.prior, 9),
    ...amount(prior.posterior, 9),
    fixed(prior.overlap, 9),
    fixed(prior.learnt, 9),
  );
}

function decompositionRows(result: MixResult): string[] {
  const { series, weeks, level } = result.decomposition!;
  return series.flatMap(({ part, mean, lo, hi }, i) =>
    weeks.map((week, w) =>
      cells(i, text(part), `date ${text(week)}`, fixed(mean[w], 6), fixed(lo[w], 6), fixed(hi[w], 6), fixed(level, 6)),
    ),
  );
}

function fitRows({ run, holdout, conversions, k }: MixRows, result: MixResult): string[] {
  const { weeks, fitted, actual, level } = result.decomposition!;
  const seen = holdout?.status === 'ok' ? holdout.decomposition! : null;
  return weeks.map((week, w) => {
    const heldOut = seen !== null && w >= weeks.length - run.holdoutWeeks;
    const band = heldOut ? [seen.fitted.mean[w], seen.fitted.lo[w], seen.fitted.hi[w]] : [null, null, null];
    return cells(
      `date ${text(week)}`,
      fixed((conversions.get(week) ?? 0) < k ? null : actual[w], 6),
      fixed(fitted.mean[w], 6),
      fixed(fitted.lo[w], 6),
      fixed(fitted.hi[w], 6),
      String(heldOut),
      ...band.map((value) => fixed(value, 6)),
      fixed(level, 6),
    );
  });
}
