import { InputError } from '../errors.ts';
import { cholesky, type Matrix, solveCholesky } from '../numeric/matrix.ts';
import type { Panel } from '../panel.ts';
import type { PanelView } from './panel-view.ts';

export interface CovariateAdjustment {
  /** the view with `slope * (covariate - its mean over the controls)` taken off every cell */
  view: PanelView;
  /** change of the outcome per unit of each covariate, in the order asked for */
  slopes: Record<string, number>;
}

/**
 * Takes covariates out of a panel: their slopes are estimated on the control units alone, beside unit and period levels, and applied to
 * all units.
 *
 *     slopes = argmin sum over controls of (y - x'slope)^2, both without their unit and period means
 *
 * A covariate must not be moved by the treatment itself (price, weather, stock: yes; visits, engagement: no), or part of the effect is
 * taken out with it.
 *
 * @param view   checked panel; its periods are the first of the panel's
 * @param names  covariates of the panel
 * @throws InputError `unknown_name` for a covariate the panel lacks; `bad_panel` for a missing cell, or covariates that cannot be told
 *   from unit levels, period levels or each other
 * @see Arkhangelsky et al. (2021), section 2.3 (remark on covariates); Kranz (2022)
 */
export function adjustForCovariates(view: PanelView, panel: Panel, names: readonly string[]): CovariateAdjustment {
  const { controls } = view;
  const length = view.pre + view.post;
  const columns = names.map((name) => column(view, panel, name));
  const within = columns.map((values) => centreTwoWays(values.slice(0, controls * length), controls, length));
  const outcome = centreTwoWays(view.outcome.slice(0, controls * length), controls, length);
  const k = names.length;
  const gram: Matrix = { rows: k, cols: k, data: new Float64Array(k * k) };
  const right = new Float64Array(k);
  for (let a = 0; a < k; a++) {
    right[a] = dot(within[a], outcome);
    for (let b = 0; b < k; b++) gram.data[a * k + b] = dot(within[a], within[b]);
    if (!(gram.data[a * k + a] > 1e-12 * dot(columns[a], columns[a]))) throw indistinct(names[a]);
  }
  const factor = cholesky(gram);
  for (let a = 0; a < k; a++) {
    const pivot = factor ? factor.data[a * k + a] ** 2 : 0;
    if (!(pivot > 1e-10 * gram.data[a * k + a])) throw indistinct(names.join(', '));
  }
  const slopes = solveCholesky(factor!, right);
  const adjusted = view.outcome.slice();
  columns.forEach((values, a) => {
    let mean = 0;
    for (let i = 0; i < controls * length; i++) mean += values[i] / (controls * length);
    for (let i = 0; i < adjusted.length; i++) adjusted[i] -= slopes[a] * (values[i] - mean);
  });
  return {
    view: { ...view, outcome: adjusted },
    slopes: Object.fromEntries(names.map((name, a) => [name, slopes[a]])),
  };
}

function column(view: PanelView, panel: Panel, name: string): Float64Array<ArrayBuffer> {
  const source = panel.covariates[name];
  if (!source) {
    const known = Object.keys(panel.covariates);
    throw new InputError(
      'unknown_name',
      `covariate ${name} is not in the panel; ${known.length > 0 ? `it has ${known.join(', ')}` : 'it has none'}`,
      { details: { name, known } },
    );
  }
  const length = view.pre + view.post;
  const width = panel.periods.length;
  const at = new Map(panel.units.map((unit, u) => [unit, u]));
  const values = new Float64Array(view.units.length * length);
  view.units.forEach((unit, row) => {
    const base = at.get(unit)! * width;
    for (let t = 0; t < length; t++) {
      const value = source[base + t];
      if (!Number.isFinite(value)) {
        throw new InputError(
          'bad_panel',
          `unit ${unit}, period ${view.periods[t]}: covariate ${name} is missing; fill the gap at its source or leave the covariate out`,
        );
      }
      values[row * length + t] = value;
    }
  });
  return values;
}

function centreTwoWays(data: Float64Array, rows: number, length: number): Float64Array {
  const mean = new Float64Array(length);
  for (let r = 0; r < rows; r++) {
    let own = 0;
    for (let t = 0; t < length; t++) own += data[r * length + t] / length;
    for (let t = 0; t < length; t++) {
      data[r * length + t] -= own;
      mean[t] += data[r * length + t] / rows;
    }
  }
  for (let r = 0; r < rows; r++) for (let t = 0; t < length; t++) data[r * length + t] -= mean[t];
  return data;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function indistinct(names: string): InputError {
  return new InputError(
    'bad_panel',
    `covariate ${names}: its movements among the controls cannot be told from unit levels, period levels or another covariate; leave it out`,
  );
}
