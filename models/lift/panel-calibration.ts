import { random } from '../numeric/random.ts';
import { block, rows } from './block.ts';
import type { PanelView } from './panel-view.ts';
import { refinedPlacebo, refinedPlaceboTable } from './placebo-refined.ts';
import { others, type PlaceboSets, placeboSets } from './placebo-sets.ts';
import { syntheticControlFitter } from './synthetic-control.ts';

/** One assignment without effect: untreated units treated on paper, in a window before the test, read by the test of the claim. */
export interface NullReading {
  pValue: number;
  /** effect / pre-RMSPE */
  studentised: number;
  /** bounds of the effect, null = without bound */
  interval: { lo: number | null; hi: number | null };
  effect: number;
}

/**
 * Reads random placebo assignments with the refined studentised placebo on the untreated units of a view, before the test.
 *
 * Windows of the test's length end at the start of the test and before it, without overlap, each with twice its length to learn from;
 * the assignments go round the windows. Assignment i depends on i alone, so any range may be worked on anywhere.
 *
 * @param view   of the real claim; its treated units and its post-periods are not used
 * @param count  assignments, 200 or more for the calibration gate
 * @param draws  placebo sets per assignment, at most; each has two fits
 * @param from   first assignment to read, inclusive
 * @param to     last one, exclusive
 * @returns      empty when there are too few controls or periods for even one window
 */
export function nullReadings(
  view: PanelView,
  count: number,
  draws: number,
  options: { level: number; seed: number },
  from = 0,
  to = count,
): NullReading[] {
  const { controls, treated, pre, post } = view;
  const ends: number[] = [];
  for (let end = pre; end >= 3 * post; end -= post) ends.push(end);
  if (ends.length === 0 || controls < 2 * treated + 2) return [];
  const readings: NullReading[] = [];
  ends.forEach((end, w) => {
    const first = Math.floor((w * count) / ends.length);
    const last = Math.floor(((w + 1) * count) / ends.length);
    readings.push(...windowReadings(view, end, Math.max(first, from), Math.min(last, to), draws, options));
  });
  return readings;
}

function windowReadings(
  view: PanelView,
  end: number,
  from: number,
  to: number,
  draws: number,
  { level, seed }: { level: number; seed: number },
): NullReading[] {
  if (from >= to) return [];
  const { controls, treated, post } = view;
  const length = view.pre + view.post;
  const outcome = new Float64Array(controls * end);
  for (let u = 0; u < controls; u++) outcome.set(view.outcome.subarray(u * length, u * length + end), u * end);
  const data = block(
    { ...view, treated: 0, pre: end - post, post, outcome, units: view.units.slice(0, controls) },
    true,
  );
  const fitter = syntheticControlFitter(data);
  return Array.from({ length: to - from }, (_, i): NullReading => {
    const rng = random(seed, 'null assignment', from + i);
    const pretended = Int32Array.from(
      rng.shuffle(Int32Array.from({ length: controls }, (_, i) => i)).slice(0, treated),
    ).sort();
    const donors = others(controls, pretended);
    const sets = some(placeboSets(donors.length, treated, draws, rng.integer(2 ** 31)), draws, rng.integer(2 ** 31));
    const fit = fitter(donors, pretended);
    // rows are numbered within the donors, the pretended ones after them
    const units = Int32Array.of(...donors, ...pretended);
    const within = refinedPlaceboTable(
      (rest, chosen, start) =>
        fitter(
          rest.map((i) => units[i]),
          chosen.map((i) => units[i]),
          start,
        ),
      sets,
      donors.length,
      rows(donors.length, units.length),
      end - post,
    );
    const found = refinedPlacebo(fit, within, post, level);
    return {
      pValue: found.pValue ?? 1,
      studentised: fit.effect / fit.preRmspe,
      interval: found.interval ?? { lo: null, hi: null },
      effect: fit.effect,
    };
  });
}

/** At most `draws` of the sets: all of a short enumeration, a seeded choice from a long one. */
function some(sets: PlaceboSets, draws: number, seed: number): PlaceboSets {
  if (sets.count <= draws) return sets;
  const order = random(seed, 'some sets').shuffle(Int32Array.from({ length: sets.count }, (_, i) => i));
  return { count: draws, exhaustive: false, at: (i) => sets.at(order[i]) };
}
