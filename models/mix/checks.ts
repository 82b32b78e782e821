import { gram, solve, zeros } from '../numeric/matrix.ts';
import { quantile } from '../numeric/quantile.ts';
import type { MixProblem } from './problem.ts';

/** Something worth knowing before the model is trusted. None of these stops a fit; what cannot be fitted is refused earlier. */
export interface MixCheck {
  code:
    | 'few_cells'
    | 'few_active_weeks'
    | 'hardly_varies'
    | 'collinear_pair'
    | 'collinear'
    | 'follows_calendar'
    | 'mediator_suspected'
    | 'spend_without_exposure'
    | 'exposure_without_spend'
    | 'cost_outlier'
    | 'mediator_left_out'
    | 'correlated_noise';
  /** drivers it is about */
  drivers: string[];
  /** the number that was compared, and what it was compared with */
  value: number;
  limit: number;
  message: string;
}

/**
 * Looks for what makes a mix model unreliable before time is spent on sampling.
 *
 * Series are compared after the geo means are taken out and before carry-over and saturation.
 */
export function checkProblem(problem: MixProblem): MixCheck[] {
  const checks: MixCheck[] = [];
  const fitted = problem.weight.reduce((a, b) => a + b, 0);
  const shared = problem.at.local + problem.geos.length;
  if (fitted < 2 * shared) {
    checks.push({
      code: 'few_cells',
      drivers: [],
      value: fitted / shared,
      limit: 2,
      message: `${cells(problem, fitted, 'observed ')} for ${shared} parameters: the priors will decide much; use fewer drivers, a coarser trend or more weeks`,
    });
  }
  for (const name of problem.mediators) {
    checks.push({
      code: 'mediator_left_out',
      drivers: [name],
      value: 1,
      limit: 1,
      message: `${name} is declared as caused by other drivers and is left out, so that their effects are total effects`,
    });
  }
  const columns = centredColumns(problem);
  const norms = columns.map((column) => Math.sqrt(dot(column, column)));
  problem.drivers.forEach((_, j) => {
    checks.push(...ownChecks(problem, j), ...costChecks(problem, j));
  });
  for (let a = 0; a < columns.length; a++) {
    for (let b = 0; b < a; b++) {
      const r = dot(columns[a], columns[b]) / (norms[a] * norms[b]);
      if (Math.abs(r) <= 0.9) continue;
      const names = [problem.drivers[b].name, problem.drivers[a].name];
      checks.push({
        code: 'collinear_pair',
        drivers: names,
        value: r,
        limit: 0.9,
        message: `${names[0]} and ${names[1]} move together (r = ${r.toFixed(3)}): their sum is known better than either; merge them or run an experiment on one`,
      });
    }
  }
  const calendar = calendarColumns(problem);
  columns.forEach((column, j) => {
    const { name, kind } = problem.drivers[j];
    const rest = columns.filter((_, i) => i !== j);
    const inflation = 1 / Math.max(1e-12, 1 - explained(column, [...rest, ...calendar]));
    if (inflation > 10) {
      checks.push({
        code: 'collinear',
        drivers: [name],
        value: inflation,
        limit: 10,
        message: `${name} is nearly a mix of the other drivers, trend and season (variance inflation ${inflation > 1000 ? 'above 1000' : inflation.toFixed(1)})`,
      });
    }
    const byCalendar = explained(column, calendar);
    if (byCalendar > 0.8) {
      checks.push({
        code: 'follows_calendar',
        drivers: [name],
        value: byCalendar,
        limit: 0.8,
        message: `trend and season explain ${(100 * byCalendar).toFixed(0)} % of ${name}: its effect cannot be told from theirs without an experiment`,
      });
    }
    if (kind === 'paid' || kind === 'treatment') return;
    const paid = columns.filter((_, i) => problem.drivers[i].kind === 'paid');
    const byPaid = paid.length > 0 ? explained(column, paid) : 0;
    if (byPaid > 0.5) {
      checks.push({
        code: 'mediator_suspected',
        drivers: [name],
        value: byPaid,
        limit: 0.5,
        message: `paid media explain ${(100 * byPaid).toFixed(0)} % of ${name}: if spend causes it, declare role: mediator, or spend loses the part it works through`,
      });
    }
  });
  return checks;
}

/** Residual correlation above which intervals are clearly too narrow. */
const CORRELATED = 0.25;

/** After sampling: noise that carries over from week to week, which the model takes for independent. */
export function checkResiduals(autocorrelation: number): MixCheck[] {
  if (!(autocorrelation > CORRELATED)) return [];
  return [
    {
      code: 'correlated_noise',
      drivers: [],
      value: autocorrelation,
      limit: CORRELATED,
      message: `what the model leaves unexplained carries over from week to week (correlation ${autocorrelation.toFixed(2)}): intervals are too narrow; add what else moves the outcome as controls or holidays, or a finer trend`,
    },
  ];
}

function ownChecks(problem: MixProblem, j: number): MixCheck[] {
  const driver = problem.drivers[j];
  const T = problem.weeks.length;
  const values: number[] = [];
  for (let g = 0; g < problem.geos.length; g++) {
    for (let t = problem.start; t < T - problem.holdoutWeeks; t++) values.push(driver.x[g * T + t]);
  }
  const active = values.filter((value) => value !== 0).length;
  const checks: MixCheck[] = [];
  if (active < 8) {
    checks.push({
      code: 'few_active_weeks',
      drivers: [driver.name],
      value: active,
      limit: 8,
      message: `${driver.name} ran in only ${cells(problem, active)}: its curve and carry-over will be those of the prior`,
    });
  }
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  if (driver.perSize && sd < 0.05 * mean) {
    checks.push({
      code: 'hardly_varies',
      drivers: [driver.name],
      value: sd / mean,
      limit: 0.05,
      message: `${driver.name} varies by ${((100 * sd) / mean).toFixed(1)} % of its mean: it cannot be told from the baseline`,
    });
  }
  return checks;
}

/** Spend and exposure that do not belong together; only where the two are different columns. */
function costChecks(problem: MixProblem, j: number): MixCheck[] {
  const driver = problem.drivers[j];
  const { spend, name } = driver;
  if (!spend) return [];
  const T = problem.weeks.length;
  const costs: number[] = [];
  const places: string[] = [];
  let spendOnly = 0;
  let exposureOnly = 0;
  for (let g = 0; g < problem.geos.length; g++) {
    for (let t = problem.start; t < T; t++) {
      const money = spend[g * T + t];
      const exposure = driver.x[g * T + t] * (driver.perSize ? problem.size[g] : 1) * driver.scale;
      if (money > 0 && exposure > 0) {
        costs.push(money / exposure);
        places.push(problem.geos.length === 1 ? problem.weeks[t] : `${problem.geos[g]} ${problem.weeks[t]}`);
      } else if (money > 0) spendOnly++;
      else if (exposure > 0) exposureOnly++;
    }
  }
  const checks: MixCheck[] = [];
  const add = (code: MixCheck['code'], value: number, message: string): void => {
    checks.push({ code, drivers: [name], value, limit: 0, message });
  };
  if (spendOnly > 0)
    add('spend_without_exposure', spendOnly, `${name} has spend but no exposure in ${cells(problem, spendOnly)}`);
  if (exposureOnly > 0) {
    add('exposure_without_spend', exposureOnly, `${name} has exposure but no spend in ${cells(problem, exposureOnly)}`);
  }
  if (costs.length >= 8) {
    const sorted = Float64Array.from(costs);
    const low = quantile(sorted, 0.25);
    const high = quantile(sorted, 0.75);
    // a constant price leaves no spread, only rounding
    const reach = Math.max(1.5 * (high - low), 1e-6 * high);
    const odd = costs.flatMap((cost, i) => (cost < low - reach || cost > high + reach ? [places[i]] : []));
    if (odd.length > 0) {
      const shown = odd.slice(0, 3).join(', ');
      add(
        'cost_outlier',
        odd.length,
        `${name} has an unusual cost per exposure in ${cells(problem, odd.length)}, first ${shown}`,
      );
    }
  }
  return checks;
}

/** Each driver's x over the fitted weeks, geo means taken out. */
function centredColumns(problem: MixProblem): Float64Array[] {
  return problem.drivers.map((driver) => withinGeo(problem, (g, t) => driver.x[g * problem.weeks.length + t]));
}

function calendarColumns(problem: MixProblem): Float64Array[] {
  const P = problem.time.names.length;
  return problem.time.names.map((_, p) => withinGeo(problem, (_, t) => problem.time.data[t * P + p]));
}

function withinGeo(problem: MixProblem, at: (g: number, t: number) => number): Float64Array {
  const end = problem.weeks.length - problem.holdoutWeeks;
  const W = end - problem.start;
  const out = new Float64Array(problem.geos.length * W);
  for (let g = 0; g < problem.geos.length; g++) {
    let sum = 0;
    for (let w = 0; w < W; w++) {
      out[g * W + w] = at(g, problem.start + w);
      sum += out[g * W + w];
    }
    for (let w = 0; w < W; w++) out[g * W + w] -= sum / W;
  }
  return out;
}

/** Share of a centred column's variance that others explain (R2 of a least-squares fit). */
function explained(column: Float64Array, others: readonly Float64Array[]): number {
  const total = dot(column, column);
  if (others.length === 0 || !(total > 0)) return 0;
  const design = zeros(column.length, others.length);
  others.forEach((other, c) => {
    const scale = Math.sqrt(dot(other, other)) || 1;
    for (let r = 0; r < column.length; r++) design.data[r * others.length + c] = other[r] / scale;
  });
  const normal = gram(design);
  // a whisper of ridge, so that columns that are themselves collinear do not stop the check
  for (let i = 0; i < others.length; i++) normal.data[i * others.length + i] += 1e-9;
  const right = zeros(others.length, 1);
  for (let c = 0; c < others.length; c++) {
    for (let r = 0; r < column.length; r++) right.data[c] += design.data[r * others.length + c] * column[r];
  }
  const weights = solve(normal, right);
  return weights ? Math.min(1, Math.max(0, dot(weights.data, right.data) / total)) : 0;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** So many weeks, or weeks of geos. */
function cells(problem: MixProblem, count: number, which = ''): string {
  return `${count} ${which}${problem.geos.length === 1 ? 'week' : 'geo-week'}${count === 1 ? '' : 's'}`;
}
