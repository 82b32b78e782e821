import { createHash } from 'node:crypto';
import { InputError, type InputErrorCode } from '../models/errors.ts';
import {
  type FittedMix,
  type MixOptions,
  type MixResult,
  type MixSpec,
  type PreparedMix,
  prepareMix,
} from '../models/mix/index.ts';
import type { Panel } from '../models/panel.ts';
import { createRelation, sqlSettings } from './build.ts';
import type { Config } from './config.ts';
import type { MixSettings } from './config-mix.ts';
import { chooseSeries, type MixNote, type MixSeries } from './mix-drivers.ts';
import { type MixPanel, mondayOf, readMixPanel } from './mix-panel.ts';
import { specOf } from './mix-schema.ts';
import { mixExperiments } from './mix-studies.ts';
import { planMixBudget, REFUSALS, storeFit } from './plan-mix-budget.ts';
import { relationsOf } from './relations.ts';
import { VERSION } from './version.ts';
import type { Warehouse } from './warehouse.ts';
import { sampleInWorkers } from './workers/mix.ts';
import { forgetMix, type MixRunRow, writeMix } from './write-mix.ts';

export interface FitMixOptions {
  progress?: (message: string) => void;
  /** when aborted, sampling ends at its next iteration and nothing is written */
  signal?: AbortSignal;
  /** threads; one chain runs in each. The draws do not depend on it */
  workers?: number;
}

export interface MixReport {
  status: MixRunRow['status'];
  /** false when the panel, the configuration and the seed were those of the fit that stands */
  refitted: boolean;
  /** why nothing is reported, and what to do; null when all is well */
  message: string | null;
  code: InputErrorCode | null;
  /** what is worth knowing about the data */
  notes: string[];
}

/** The data and the model of the workspace, before anything is compiled. */
interface WorkspaceMix {
  made: MixPanel;
  spec: MixSpec;
  notes: MixNote[];
  options: MixOptions;
  /** weeks at the end that a second fit does not see */
  holdoutWeeks: number;
  fingerprint: string;
}

/**
 * The mix model of the workspace: weekly panel, drivers, studies, sampling with one thread per chain, answers and budget, written to
 * `result.mix_*`. A fit whose panel, configuration and seed have not changed stands; its budget is planned anew when that was changed.
 *
 * What the data cannot carry, and chains that do not agree, are an answer as well: a row that says so and nothing else.
 *
 * @returns null when the workspace has no `mix`
 */
export async function fitWorkspaceMix(
  warehouse: Warehouse,
  config: Config,
  options: FitMixOptions = {},
): Promise<MixReport | null> {
  const { mix } = config;
  if (mix === undefined) {
    if ((await warehouse.count('select count(*) from result.mix_run')) > 0) await forgetMix(warehouse);
    return null;
  }
  options.progress?.('mix: weekly panel');
  try {
    return await fitOrStand(warehouse, config, mix, options);
  } catch (error) {
    if (!(error instanceof InputError && REFUSALS.includes(error.code))) throw error;
    await refuse(warehouse, config, mix, error);
    return { status: 'refused', refitted: false, message: error.message, code: error.code, notes: [] };
  }
}

async function fitOrStand(
  warehouse: Warehouse,
  config: Config,
  mix: MixSettings,
  options: FitMixOptions,
): Promise<MixReport> {
  const ready = await workspaceMix(warehouse, config, mix);
  const standing = await standingFit(warehouse);
  const notes = ready.notes.map(({ message }) => message);
  if (standing?.fingerprint === ready.fingerprint) {
    const { status, message, budget } = standing;
    if (status === 'ok') await planMixBudget(warehouse, mix, ready.fingerprint, null, budget);
    return { status, refitted: false, message, code: status === 'ok' ? null : 'not_converged', notes };
  }
  const prepared = prepareMix(ready.made.panel, ready.spec, ready.options);
  const { holdoutWeeks } = ready;
  const without =
    holdoutWeeks === 0 ? null : prepareMix(ready.made.panel, ready.spec, { ...ready.options, holdoutWeeks });
  const holdout = without === null ? null : await sample(without, 'without the last weeks', options);
  const fitted = await sample(prepared, '', options);
  const verdict = verdictOf(fitted.result);
  await keep(warehouse, config, mix, ready, prepared, fitted, holdout?.result ?? null, verdict);
  const { status, message } = verdict;
  if (status === 'ok') await planMixBudget(warehouse, mix, ready.fingerprint, fitted, null);
  const checks = prepared.checks.map((check) => check.message);
  return {
    status,
    refitted: true,
    message,
    code: status === 'ok' ? null : 'not_converged',
    notes: [...notes, ...checks],
  };
}

/** An earlier fit that a run left standing although its data may have changed since. */
export async function leaveMixStanding(warehouse: Warehouse, config: Config, isSameData: boolean): Promise<void> {
  if (config.mix === undefined) await forgetMix(warehouse);
  else if (!isSameData) await warehouse.run('update result.mix_run set is_current = false');
}

/** Panel, drivers and experiments of the workspace; makes `panel.mix_*` and `rules.mix_series`. */
async function workspaceMix(warehouse: Warehouse, config: Config, mix: MixSettings): Promise<WorkspaceMix> {
  const drivers = await makeMixRelations(warehouse, config, mix);
  const made = await readMixPanel(warehouse, mix, drivers.drivers);
  const { experiments, notes } = await mixExperiments(warehouse, config, mix, drivers.drivers, made);
  const spec = workspaceSpec(mix, drivers.drivers, experiments);
  const { seed, chains, draws, warmup, level } = mix;
  const options: MixOptions = { seed, chains, draws, warmup, level };
  const holdoutWeeks = mix.holdout_weeks ?? Math.min(8, Math.floor(weeksWithOutcome(made.panel) / 10));
  return {
    made,
    spec,
    notes: [...drivers.notes, ...made.notes, ...notes],
    options,
    holdoutWeeks,
    fingerprint: fingerprintOf(made.panel, spec, options, holdoutWeeks),
  };
}

/** Makes `panel.mix_*` and chooses the series of the drivers. */
export async function makeMixRelations(
  warehouse: Warehouse,
  config: Config,
  mix: MixSettings,
): Promise<{ drivers: MixSeries[]; notes: MixNote[] }> {
  const settings = { ...sqlSettings(config), mix_by_geo: mix.by_geo, mix_gap_days: mix.gap_days };
  await warehouse.run('create schema if not exists panel');
  const relations = (await relationsOf(warehouse, ['panel'])).filter(({ name }) => name.startsWith('panel.mix_'));
  for (const relation of relations)
    if (relation.name !== 'panel.mix_week') await createRelation(warehouse, relation, settings);
  const drivers = await chooseSeries(warehouse, config, mix);
  for (const relation of relations)
    if (relation.name === 'panel.mix_week') await createRelation(warehouse, relation, settings);
  return drivers;
}

function workspaceSpec(mix: MixSettings, drivers: readonly MixSeries[], experiments: MixSpec['experiments']): MixSpec {
  const isMoney = mix.outcome.startsWith('revenue');
  const { trend, season, noise, population, geo_spread } = mix;
  const declared = drivers.map(({ settings, series, spendSeries }) => {
    const { name, kind, adstock, saturation, sign, prior, by_geo, reference, role } = settings;
    return {
      ...{ name, kind, adstock, saturation, sign, prior, by_geo, reference, role },
      column: series,
      ...(spendSeries === null || spendSeries === series ? {} : { spend_column: spendSeries }),
    };
  });
  const holidays = mix.holidays?.map(({ periods, ...holiday }) => ({
    ...holiday,
    periods: [...new Set(periods.map(weekOf))],
  }));
  const value_per_outcome = mix.value_per_outcome === undefined && !isMoney ? null : mix.value_per_outcome;
  return {
    ...specOf(declared, { trend, season, holidays, noise, value_per_outcome, population, geo_spread }),
    ...(experiments === undefined || experiments.length === 0 ? {} : { experiments }),
  };
}

function weeksWithOutcome({ units, periods, outcome }: Panel): number {
  return periods.filter((_, t) => units.some((_unit, g) => !Number.isNaN(outcome[g * periods.length + t]))).length;
}

/** Any day of a week stands for the week. */
function weekOf(period: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(period) ? mondayOf(period) : period;
}

/** Hash of all that the draws hang on: the bytes of the panel, the model, the sampler and the code. */
function fingerprintOf(panel: Panel, spec: MixSpec, options: MixOptions, holdoutWeeks: number): string {
  const hash = createHash('sha256');
  const plain = (_key: string, value: unknown): unknown => (value instanceof Float64Array ? [...value] : value);
  hash.update(JSON.stringify([VERSION, panel.units, panel.periods, spec, options, holdoutWeeks], plain));
  for (const name of ['', ...Object.keys(panel.covariates).sort()]) {
    const values = name === '' ? panel.outcome : panel.covariates[name];
    hash.update(`\n${name}\n`).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}

async function sample(prepared: PreparedMix, which: string, options: FitMixOptions): Promise<FittedMix> {
  const fitted = await sampleInWorkers(prepared, {
    workers: options.workers,
    signal: options.signal,
    onProgress: ({ done, total, divergences }) => {
      // a signal is asked about below, when the threads have ended
      if (options.signal?.aborted) return;
      const parts = [`mix: sampling${which === '' ? '' : ` ${which}`}, ${Math.floor((100 * done) / total)} %`];
      if (divergences > 0) parts.push(`${divergences} divergences`);
      options.progress?.(parts.join(', '));
    },
  });
  options.signal?.throwIfAborted();
  return fitted;
}

function verdictOf(result: MixResult): Pick<MixRunRow, 'message'> & { status: 'ok' | 'not_converged' } {
  if (result.status === 'ok') return { status: 'ok', message: null };
  const { worst, max_rhat } = result.diagnostics;
  const shown = Number.isFinite(max_rhat) ? `is ${max_rhat.toFixed(3)}` : 'cannot be told';
  return {
    status: 'not_converged',
    message: `mix: the chains did not agree (R-hat ${shown}, needed under 1.05); worst is ${worst.name}: ${worst.likely_cause}. Nothing of the model is reported; sample longer (--draws, or mix.warmup), or give fewer drivers or firmer priors`,
  };
}

function runRow(config: Config, mix: MixSettings): Omit<MixRunRow, 'status' | 'message' | 'window' | 'fingerprint'> {
  return {
    outcome: mix.outcome,
    unit: mix.outcome.startsWith('revenue') ? config.reporting.currency : 'count',
    isByGeo: mix.by_geo,
    holdoutWeeks: mix.holdout_weeks ?? 0,
    level: mix.level,
    budgetFingerprint: null,
  };
}

async function keep(
  warehouse: Warehouse,
  config: Config,
  mix: MixSettings,
  { made, notes, holdoutWeeks, fingerprint }: WorkspaceMix,
  prepared: PreparedMix,
  fitted: FittedMix,
  holdout: MixResult | null,
  verdict: ReturnType<typeof verdictOf>,
): Promise<void> {
  const { problem } = prepared.job;
  await warehouse.transaction(async () => {
    await writeMix(warehouse, {
      run: {
        ...runRow(config, mix),
        ...verdict,
        holdoutWeeks,
        fingerprint,
        window: [problem.weeks[problem.start], problem.weeks.at(-1) as string],
      },
      notes,
      checks: prepared.checks,
      result: fitted.result,
      holdout,
      conversions: made.conversions,
      k: config.privacy.k,
    });
    if (verdict.status === 'ok') await storeFit(warehouse, fingerprint, fitted);
  });
}

async function refuse(warehouse: Warehouse, config: Config, mix: MixSettings, error: InputError): Promise<void> {
  await warehouse.transaction(() =>
    writeMix(warehouse, {
      run: { ...runRow(config, mix), status: 'refused', message: error.message, window: null, fingerprint: '' },
      notes: [],
      checks: [],
      result: null,
      holdout: null,
      conversions: new Map(),
      k: config.privacy.k,
    }),
  );
}

interface Standing {
  status: 'ok' | 'not_converged';
  message: string | null;
  fingerprint: string;
  budget: string | null;
}

/** The fit that an earlier run left, if any. */
async function standingFit(warehouse: Warehouse): Promise<Standing | null> {
  const rows = await warehouse.rows<Standing>(
    `select status, message, fingerprint, budget_fingerprint as budget from result.mix_run where status in ('ok', 'not_converged')`,
  );
  return rows[0] ?? null;
}
