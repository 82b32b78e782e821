import { InputError } from '../../models/errors.ts';
import type { ClaimInputs } from '../../models/lift/gates/run-gates.ts';
import type { Panel, Treatment } from '../../models/panel.ts';

/** What a study names to be refuted by, besides its own data. */
export interface Refutation {
  /** untreated geos that the treatment may have spilled over into */
  neighbours: readonly string[];
  /** what the treatment cannot have moved */
  controls: readonly ControlOutcome[];
}

/** The very test of a claim, on any panel. */
export type PanelReader = (
  panel: Panel,
  treatment: Treatment,
) => { value: number; pValue: number | null; standardError: number | null };

/** One outcome that cannot have been moved, for the cells of the study's panel; or why there is none. */
export type ControlOutcome = { name: string } & ({ outcome: Float64Array } | { reason: string });

/**
 * Inputs of the gates for spillover and negative controls: the claim's own test on the panel without the neighbours, and on each outcome
 * that cannot have been moved.
 *
 * A change without the neighbours is held against the error of the reading without them: what leaked into them would have widened the other.
 *
 * @param effect  what the test says of the real panel
 */
export function refutationInputs(
  panel: Panel,
  treatment: Treatment,
  { neighbours, controls }: Refutation,
  read: PanelReader,
  effect: number,
): ClaimInputs {
  const near = neighbours.filter((geo) => panel.units.includes(geo));
  return {
    // a neighbour that was hardly loaded is left out already
    ...(near.length === 0 ? {} : { spillover: spilloverInput(panel, treatment, near, read, effect) }),
    ...(controls.length === 0 ? {} : { negative_controls: controlsInput(panel, treatment, controls, read) }),
  };
}

function spilloverInput(
  panel: Panel,
  treatment: Treatment,
  near: readonly string[],
  read: PanelReader,
  effect: number,
): ClaimInputs['spillover'] {
  try {
    const { value, standardError } = read(withoutUnits(panel, near), treatment);
    return standardError === null || !(standardError > 0)
      ? { notRun: `without ${near.join(', ')} the effect has no standard error that a change could be held against` }
      : { effect, standardError, effectWithoutNeighbours: value, neighbours: near };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { notRun: `without ${near.join(', ')} nothing can be read: ${error.message}` };
  }
}

function controlsInput(
  panel: Panel,
  treatment: Treatment,
  controls: readonly ControlOutcome[],
  read: PanelReader,
): ClaimInputs['negative_controls'] {
  const tested: { name: string; pValue: number }[] = [];
  for (const control of controls) {
    if ('reason' in control) return { notRun: `${control.name}: ${control.reason}` };
    try {
      const { pValue } = read({ ...panel, outcome: control.outcome }, treatment);
      if (pValue === null) return { notRun: `${control.name}: the test gives no p-value on it` };
      tested.push({ name: control.name, pValue });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return { notRun: `${control.name}: ${error.message}` };
    }
  }
  return { controls: tested };
}

/** The panel without some of its units. */
export function withoutUnits(panel: Panel, left: readonly string[]): Panel {
  const days = panel.periods.length;
  const kept = panel.units.flatMap((unit, u) => (left.includes(unit) ? [] : [u]));
  const outcome = new Float64Array(kept.length * days);
  kept.forEach((u, row) => {
    outcome.set(panel.outcome.subarray(u * days, (u + 1) * days), row * days);
  });
  return { units: kept.map((u) => panel.units[u]), periods: panel.periods, outcome, covariates: {} };
}
