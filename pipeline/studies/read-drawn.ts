import { InputError } from '../../models/errors.ts';
import { drawPairedGeos } from '../../models/lift/paired-geos.ts';
import { type DrawnEstimate, drawRandomisedGeos, type GeoOutcome } from '../../models/lift/randomised-geos.ts';
import type { Panel, Treatment } from '../../models/panel.ts';
import type { Study } from '../config-studies.ts';

/**
 * Reads a panel by the draw that chose its geos: within pairs, or a fixed number of all.
 *
 * @throws InputError `insufficient_data` for a pair that is not whole, or too few geos on a side
 */
export function readDrawn(
  panel: Panel,
  { firstTreated }: Treatment,
  pairs: Study['pairs'] | null,
  options: { level: number; seed: number },
): DrawnEstimate {
  const start = Math.min(...firstTreated.values());
  const outcome = (name: string): Pick<GeoOutcome, 'during' | 'before'> => ({
    during: meanOf(panel, [name], start, panel.periods.length),
    before: meanOf(panel, [name], 0, start),
  });
  if (pairs === null)
    return drawRandomisedGeos(
      panel.units.map((name) => ({ name, treated: firstTreated.has(name), ...outcome(name) })),
      options,
    );
  return drawPairedGeos(
    pairs.map((pair) => {
      const [on, off] = firstTreated.has(pair[0]) ? pair : [pair[1], pair[0]];
      const lost = pair.find((geo) => !panel.units.includes(geo));
      if (lost !== undefined)
        throw new InputError('insufficient_data', `geo ${lost} of the pair ${pair.join(', ')} was hardly loaded`);
      if (!firstTreated.has(on) || firstTreated.has(off))
        throw new InputError('insufficient_data', `of the pair ${pair.join(', ')} exactly one must be treated`);
      return { name: pair.join(' / '), treated: outcome(on), control: outcome(off) };
    }),
    options,
  );
}

/** Mean per unit and day, of some units over some days. */
export function meanOf(panel: Panel, units: readonly string[], from: number, to: number): number {
  let sum = 0;
  for (const unit of units) {
    const row = panel.units.indexOf(unit) * panel.periods.length;
    for (let t = from; t < to; t++) sum += panel.outcome[row + t];
  }
  return sum / (units.length * (to - from));
}
