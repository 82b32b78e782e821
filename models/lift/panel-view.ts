import { InputError } from '../errors.ts';
import type { Panel, Treatment } from '../panel.ts';

/**
 * A panel as the block estimators read it: controls first, then treated units; pre-periods first, then post-periods.
 *
 * Periods after the end of the treatment are left out. Every cell is a finite number.
 */
export interface PanelView {
  /** `controls` control names, then `treated` treated names, each in panel order */
  units: readonly string[];
  /** `pre` labels, then `post` labels */
  periods: readonly string[];
  controls: number;
  treated: number;
  pre: number;
  post: number;
  /** units x periods, row-major, unit of the outcome */
  outcome: Float64Array;
}

/**
 * Checks a panel against a treatment that starts once, in one period, for all treated units, and orders it.
 *
 * @param panel      units x periods; NaN = missing
 * @param treatment  first treated period per treated unit (all the same), optional end
 * @throws InputError `bad_panel` for a missing cell, a repeated name, fewer than two units, no treated or no control unit, no
 *   period before or after the start, starts that differ between units, an outcome that never changes; `unknown_name` for a
 *   treated unit that the panel does not have
 */
export function panelView(panel: Panel, treatment: Treatment): PanelView {
  const { units, periods, outcome } = panel;
  if (outcome.length !== units.length * periods.length) {
    throw new RangeError(`panelView: ${outcome.length} cells for ${units.length} units x ${periods.length} periods`);
  }
  refuseRepeats(units, 'unit');
  refuseRepeats(periods, 'period');
  if (units.length < 2) {
    throw new InputError(
      'bad_panel',
      `the panel has ${units.length} unit${units.length === 1 ? '' : 's'}; give at least one treated and one untreated unit`,
    );
  }
  const start = commonStart(panel, treatment);
  const end = treatmentEnd(panel, treatment, start);
  const numbers = units.map((_, u) => u);
  const isTreated = (u: number): boolean => treatment.firstTreated.has(units[u]);
  const order = [...numbers.filter((u) => !isTreated(u)), ...numbers.filter(isTreated)];
  const treated = treatment.firstTreated.size;
  if (treated === units.length) {
    throw new InputError(
      'bad_panel',
      'every unit is treated, so nothing shows what would have happened; add untreated units',
    );
  }
  const view: PanelView = {
    units: order.map((u) => units[u]),
    periods: periods.slice(0, end),
    controls: units.length - treated,
    treated,
    pre: start,
    post: end - start,
    outcome: new Float64Array(units.length * end),
  };
  order.forEach((u, row) => {
    view.outcome.set(outcome.subarray(u * periods.length, u * periods.length + end), row * end);
  });
  refuseMissing(view);
  refuseConstant(view);
  return view;
}

/** Mean over the treated units, per period; length pre + post. */
export function treatedMean(view: PanelView): Float64Array {
  const { controls, treated, outcome } = view;
  const length = view.pre + view.post;
  const mean = new Float64Array(length);
  for (let u = controls; u < controls + treated; u++) {
    for (let t = 0; t < length; t++) mean[t] += outcome[u * length + t];
  }
  for (let t = 0; t < length; t++) mean[t] /= treated;
  return mean;
}

function refuseRepeats(names: readonly string[], what: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) {
      throw new InputError('bad_panel', `${what} ${name} appears twice; give one row per unit and period`, {
        details: { [what]: name },
      });
    }
    seen.add(name);
  }
}

function commonStart(panel: Panel, treatment: Treatment): number {
  const { units, periods } = panel;
  if (treatment.firstTreated.size === 0) {
    throw new InputError(
      'bad_panel',
      'no unit is treated; name at least one treated unit and its first treated period',
    );
  }
  const known = new Set(units);
  let start = -1;
  let first = '';
  for (const [unit, at] of treatment.firstTreated) {
    if (!known.has(unit)) {
      throw new InputError('unknown_name', `treated unit ${unit} is not in the panel; check its spelling`, {
        details: { unit, units },
      });
    }
    if (start >= 0 && at !== start) {
      throw new InputError(
        'bad_panel',
        `${first} starts in period ${periods[start]} and ${unit} in ${periods[at] ?? at}; this method needs one common ` +
          'start: use callaway_santanna or sdid, or measure the groups one by one',
        { details: { units: [first, unit] } },
      );
    }
    start = at;
    first = unit;
  }
  if (!Number.isInteger(start) || start >= periods.length) {
    throw new InputError(
      'bad_panel',
      `treatment starts at period number ${start}, but the panel has ${periods.length}; extend the panel past the start`,
    );
  }
  if (start <= 0) {
    throw new InputError(
      'bad_panel',
      `treatment starts in the first period (${periods[0]}), so there is no pre-period; extend the panel further back`,
    );
  }
  return start;
}

function treatmentEnd(panel: Panel, treatment: Treatment, start: number): number {
  const end = treatment.end ?? panel.periods.length;
  if (!Number.isInteger(end) || end <= start || end > panel.periods.length) {
    throw new InputError(
      'bad_panel',
      `treatment ends before period number ${end}, starts at ${start}, and the panel has ${panel.periods.length} periods; ` +
        'give an end after the start and inside the panel',
    );
  }
  return end;
}

function refuseMissing(view: PanelView): void {
  const length = view.pre + view.post;
  let missing = 0;
  let first = '';
  for (let u = 0; u < view.units.length; u++) {
    for (let t = 0; t < length; t++) {
      const value = view.outcome[u * length + t];
      if (Number.isFinite(value)) continue;
      if (missing === 0) first = `unit ${view.units[u]}, period ${view.periods[t]}`;
      missing++;
    }
  }
  if (missing > 0) {
    throw new InputError(
      'bad_panel',
      `${first}: outcome is missing (${missing} such cell${missing === 1 ? '' : 's'} in all); fill the gap at its source, ` +
        'leave the unit out, or shorten the window: a gap is never read as zero',
      { details: { missing } },
    );
  }
}

function refuseConstant(view: PanelView): void {
  const length = view.pre + view.post;
  const changes = (from: number, to: number): boolean => {
    for (let u = from; u < to; u++) {
      const first = view.outcome[u * length];
      for (let t = 1; t < length; t++) if (view.outcome[u * length + t] !== first) return true;
    }
    return false;
  };
  const side = !changes(view.controls, view.units.length)
    ? 'the treated units'
    : changes(0, view.controls)
      ? null
      : 'the control units';
  if (side) {
    throw new InputError(
      'bad_panel',
      `the outcome of ${side} never changes, so nothing can be learned from it; check the outcome column and the window`,
    );
  }
}
