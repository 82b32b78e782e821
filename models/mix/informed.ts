import { DEFAULT_LEVEL } from '../estimate.ts';
import { random } from '../numeric/random.ts';
import type { Draws } from './diagnostics.ts';
import { drawPrior, type Prior, unconstrained } from './prior.ts';
import { moments, type Quantity, quantityOf } from './quantity.ts';

/** What a driver's effect is known from. */
export type InformedBy = 'data' | 'prior' | 'experiment';

export interface PriorAgainstPosterior {
  prior: Quantity;
  posterior: Quantity;
  /** common area of the two densities, 0 to 1 */
  overlap: number;
  /** 1 - posterior variance / prior variance on the sampler's scale; 0 = nothing was learnt */
  learnt: number;
}

const PRIOR_DRAWS = 4000;
/** The data must have removed half of the prior's variance, or moved most of its mass, to count as the source. */
const LEARNT_ENOUGH = 0.5;
const MOVED_ENOUGH = 0.5;

/** Compares the prior of an effect with its posterior. */
export function priorAgainstPosterior(
  prior: Prior,
  posterior: Draws,
  name: string,
  level = DEFAULT_LEVEL,
): PriorAgainstPosterior {
  const rng = random('prior', name);
  const priorDraws = Float64Array.from({ length: PRIOR_DRAWS }, () => drawPrior(prior, rng));
  const flat = (draws: Draws): Float64Array[] => draws.map((chain) => chain.map((v) => unconstrained(prior, v)));
  const before = moments(flat([priorDraws]));
  const after = moments(flat(posterior));
  return {
    prior: quantityOf([priorDraws], level),
    posterior: quantityOf(posterior, level),
    overlap: commonArea(before.sorted, after.sorted),
    learnt: 1 - (after.sd / before.sd) ** 2,
  };
}

export function informedBy(comparison: PriorAgainstPosterior, hasExperiment: boolean): InformedBy {
  if (hasExperiment) return 'experiment';
  return comparison.learnt > LEARNT_ENOUGH || comparison.overlap < MOVED_ENOUGH ? 'data' : 'prior';
}

/** Common area of two histograms with shared bins; 30 bins over the range of both. */
function commonArea(a: Float64Array, b: Float64Array): number {
  const low = Math.min(a[0], b[0]);
  const width = (Math.max(a[a.length - 1], b[b.length - 1]) - low) / 30;
  if (!(width > 0)) return 1;
  const histogram = (sorted: Float64Array): Float64Array => {
    const bins = new Float64Array(30);
    for (const value of sorted) bins[Math.min(29, Math.floor((value - low) / width))] += 1 / sorted.length;
    return bins;
  };
  const first = histogram(a);
  const second = histogram(b);
  let area = 0;
  for (let i = 0; i < 30; i++) area += Math.min(first[i], second[i]);
  return area;
}
