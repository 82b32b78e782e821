import type { Panel, Treatment } from '../../panel.ts';
import { gateResult, percent, thresholdsOf } from './catalogue.ts';
import type { GateResult, PanelEstimator } from './types.ts';

export interface LeaveOneOutInput {
  panel: Panel;
  treatment: Treatment;
  estimate: PanelEstimator;
  effect: number;
  /** donor weights of the full fit, by unit */
  weights: Readonly<Record<string, number>>;
  /** the claim is that the effect lies within -margin .. margin: then every left-out effect must, whatever its sign */
  margin?: number;
}

/** Gate 8: does the effect hang on one unit? Every donor that carries weight and every treated unit is left out in turn. */
export function leaveOneOutGate(input: LeaveOneOutInput, changes?: Readonly<Record<string, number>>): GateResult {
  const threshold = thresholdsOf('leave_one_out', changes);
  const { panel, treatment, effect, weights } = input;
  const donors = panel.units.filter(
    (unit) => !treatment.firstTreated.has(unit) && Math.abs(weights[unit] ?? 0) > threshold.weight,
  );
  const treated = treatment.firstTreated.size > 1 ? [...treatment.firstTreated.keys()] : [];
  const runs = [...donors, ...treated].map((unit) => {
    const { value } = input.estimate(...without(panel, treatment, unit));
    return { unit, value, change: value === effect ? 0 : Math.abs((value - effect) / effect) };
  });
  if (runs.length === 0) {
    return gateResult('leave_one_out', 'not_run', null, 'No unit carries enough weight to be left out.', { threshold });
  }
  const worst = runs.reduce((a, b) => (b.change > a.change ? b : a));
  if (input.margin !== undefined) return withinMargin(runs, input.margin, threshold);
  const flipped = runs.filter(({ value }) => Math.sign(value) !== Math.sign(effect));
  const passed = flipped.length === 0 && worst.change <= threshold.change;
  return gateResult(
    'leave_one_out',
    passed ? 'passed' : 'failed',
    worst.change,
    passed
      ? `Leaving out any one of ${runs.length} units changes the effect by at most ${percent(worst.change)}.`
      : `The effect hangs on ${worst.unit}: without it it changes by ${percent(worst.change)}${flipped.length > 0 ? ' and turns around' : ''}.`,
    { threshold, details: { runs } },
  );
}

function withinMargin(
  runs: readonly { unit: string; value: number }[],
  margin: number,
  threshold: Readonly<Record<string, number>>,
): GateResult {
  const furthest = runs.reduce((a, b) => (Math.abs(b.value) > Math.abs(a.value) ? b : a));
  const passed = Math.abs(furthest.value) < margin;
  return gateResult(
    'leave_one_out',
    passed ? 'passed' : 'failed',
    Math.abs(furthest.value),
    passed
      ? `Leaving out any one of ${runs.length} units keeps the effect within the margin.`
      : `That the effect is small hangs on ${furthest.unit}: without it it leaves the margin.`,
    { threshold: { ...threshold, margin }, details: { runs } },
  );
}

/** The panel without one unit. */
function without(panel: Panel, treatment: Treatment, unit: string): [Panel, Treatment] {
  const periods = panel.periods.length;
  const kept = panel.units.flatMap((name, u) => (name === unit ? [] : [u]));
  const rows = (values: Float64Array): Float64Array => {
    const out = new Float64Array(kept.length * periods);
    for (const [row, u] of kept.entries()) out.set(values.subarray(u * periods, (u + 1) * periods), row * periods);
    return out;
  };
  const firstTreated = new Map([...treatment.firstTreated].filter(([name]) => name !== unit));
  return [
    {
      units: kept.map((u) => panel.units[u]),
      periods: panel.periods,
      outcome: rows(panel.outcome),
      covariates: Object.fromEntries(Object.entries(panel.covariates).map(([name, values]) => [name, rows(values)])),
    },
    { ...treatment, firstTreated },
  ];
}
