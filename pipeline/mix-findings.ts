import type { MixCheck, MixResult } from '../models/mix/index.ts';
import { cells, fixed, text } from './mix-cells.ts';
import type { MixNote } from './mix-drivers.ts';

/** Rows of `result.mix_diagnostic`: what to know before the model is believed. */
export function diagnosticRows({ notes, checks, result, holdout }: Findings): string[] {
  const rows: string[][] = [];
  const add = (
    phase: string,
    code: string,
    drivers: readonly string[],
    value: number | null,
    limit: number | null,
    passed: boolean | null,
    message: string,
  ): void => {
    rows.push([
      text(phase),
      text(code),
      text(drivers.length === 0 ? null : drivers.join(', ')),
      fixed(value, 9),
      fixed(limit, 9),
      passed === null ? 'null' : String(passed),
      text(message),
    ]);
  };
  for (const note of notes) add('data', note.code, note.drivers, null, null, null, note.message);
  for (const check of result?.diagnostics.checks ?? checks) {
    const phase = check.code === 'correlated_noise' ? 'after' : 'before';
    add(phase, check.code, check.drivers, check.value, check.limit, false, check.message);
  }
  if (result !== null) {
    const { max_rhat, min_ess_bulk, min_ess_tail, divergences, energy_fraction, worst } = result.diagnostics;
    add(
      'after',
      'max_rhat',
      [],
      max_rhat,
      1.01,
      max_rhat < 1.01,
      `largest R-hat over all parameters and answers, of ${worst.name}; nothing is reported from 1.05 on`,
    );
    add('after', 'min_ess_bulk', [], min_ess_bulk, 400, min_ess_bulk >= 400, 'smallest bulk effective sample size');
    add('after', 'min_ess_tail', [], min_ess_tail, 400, min_ess_tail >= 400, 'smallest tail effective sample size');
    add(
      'after',
      'divergences',
      [],
      divergences,
      0,
      divergences === 0,
      'trajectories that the sampler could not follow',
    );
    add(
      'after',
      'energy_fraction',
      [],
      energy_fraction,
      0.3,
      energy_fraction > 0.3,
      'smallest fraction of missing information by energy (E-BFMI)',
    );
  }
  const statistics = (phase: string, fit: NonNullable<MixResult['fit']>['fitted'], what: string): void => {
    add(phase, `${phase}_r2`, [], fit.r2, null, null, `R2 of ${what}, ${fit.cells} geo-weeks`);
    if (fit.mape !== null)
      add(phase, `${phase}_mape`, [], fit.mape, null, null, `mean of |error| / |observed| of ${what}`);
    add(phase, `${phase}_wmape`, [], fit.wmape, null, null, `sum of |error| / sum of |observed| of ${what}`);
    add(
      phase,
      `${phase}_coverage`,
      [],
      fit.coverage,
      fit.level,
      null,
      `share of ${what} inside their predictive interval`,
    );
  };
  if (result?.fit) {
    statistics('fitted', result.fit.fitted, 'fitted weeks');
    add(
      'after',
      'residual_autocorrelation',
      [],
      result.fit.residual_autocorrelation,
      0.25,
      result.fit.residual_autocorrelation <= 0.25,
      'correlation of the noise with that of the week before; intervals assume none',
    );
  }
  if (holdout?.fit?.holdout)
    statistics('holdout', holdout.fit.holdout, 'weeks at the end that a second fit did not see');
  else if (holdout !== null && holdout.status !== 'ok')
    add(
      'holdout',
      'holdout_not_converged',
      [],
      holdout.diagnostics.max_rhat,
      1.05,
      false,
      `the fit without the last weeks did not converge; worst is ${holdout.diagnostics.worst.name}`,
    );
  return rows.map((row, i) => cells(i, ...row));
}

interface Findings {
  notes: readonly MixNote[];
  checks: readonly MixCheck[];
  result: MixResult | null;
  holdout: MixResult | null;
}
