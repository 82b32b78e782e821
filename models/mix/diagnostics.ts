import { quantileNormal } from '../numeric/distribution.ts';
import { quantileSorted } from '../numeric/quantile.ts';

/** Draws of one quantity: chains x draws, all chains of equal length. */
export type Draws = readonly Float64Array[];

export interface Convergence {
  rhat: number;
  essBulk: number;
  essTail: number;
  /** Monte Carlo standard error of the mean */
  mcse: number;
}

/** All four at once; NaN where they do not exist (constant or non-finite draws). */
export function convergence(draws: Draws): Convergence {
  return { rhat: rankRhat(draws), essBulk: bulkEss(draws), essTail: tailEss(draws), mcse: meanMcse(draws) };
}

/**
 * Rank-normalised split R-hat: the larger of the ratio for location (on ranks) and for spread (on ranks of the distance
 * to the median). 1 when all half-chains agree.
 *
 * @returns NaN when the draws never change or a draw is not finite
 * @see Vehtari, Gelman, Simpson, Carpenter & Buerkner (2021), Rank-normalization, folding, and localization
 */
export function rankRhat(draws: Draws): number {
  if (!isUsable(draws)) return Number.NaN;
  const halves = split(draws);
  const middle = medianOf(halves);
  const folded = halves.map((half) => half.map((value) => Math.abs(value - middle)));
  return Math.max(splitRhat(normalScores(halves)), splitRhat(normalScores(folded)));
}

/** Effective number of draws for the centre of the distribution: ESS of the rank-normalised split chains. */
export function bulkEss(draws: Draws): number {
  return isUsable(draws) ? ess(normalScores(split(draws))) : Number.NaN;
}

/** Effective number of draws for the 5 % and 95 % quantiles: the smaller ESS of the two indicators. */
export function tailEss(draws: Draws): number {
  if (!isUsable(draws)) return Number.NaN;
  const halves = split(draws);
  const sorted = pooled(halves).sort();
  const at = (p: number): number => {
    const limit = quantileSorted(sorted, p);
    return ess(halves.map((half) => half.map((v) => (v <= limit ? 1 : 0))));
  };
  return Math.min(at(0.05), at(0.95));
}

/** Monte Carlo standard error of the mean: sd / sqrt(ESS of the draws as they are). */
export function meanMcse(draws: Draws): number {
  if (!isUsable(draws)) return Number.NaN;
  const halves = split(draws);
  const all = pooled(halves);
  let mean = 0;
  for (const value of all) mean += value / all.length;
  let squares = 0;
  for (const value of all) squares += (value - mean) ** 2;
  return Math.sqrt(squares / (all.length - 1) / ess(halves));
}

/**
 * Energy fraction of missing information of one chain: how far the energy moves per draw against how far it spreads.
 * Below 0.3 the sampler cannot reach the tails in reasonable time.
 */
export function energyFraction(energy: Float64Array): number {
  let mean = 0;
  for (const value of energy) mean += value / energy.length;
  let moves = 0;
  let spread = 0;
  for (let i = 0; i < energy.length; i++) {
    if (i > 0) moves += (energy[i] - energy[i - 1]) ** 2;
    spread += (energy[i] - mean) ** 2;
  }
  return moves / spread;
}

/**
 * Effective sample size by Geyer's initial monotone sequence over all chains:
 *
 *     rho[t] = 1 - (W - mean autocovariance[t]) / var+,  ESS = S / tau,  tau = -1 + 2 sum of pairs + last even rho
 *
 * @param chains  chains x draws of equal length, at least 4 draws each
 */
export function ess(chains: Draws): number {
  const M = chains.length;
  const N = chains[0].length;
  if (N < 4) return Number.NaN;
  const means = chains.map((chain) => chain.reduce((a, b) => a + b) / N);
  const centred = chains.map((chain, m) => chain.map((value) => value - means[m]));
  const autocovariance = (lag: number): number => {
    let total = 0;
    for (const chain of centred) {
      let sum = 0;
      for (let i = 0; i + lag < N; i++) sum += chain[i] * chain[i + lag];
      total += sum / N;
    }
    return total / M;
  };
  const within = (autocovariance(0) * N) / (N - 1);
  const grand = means.reduce((a, b) => a + b) / M;
  const between = M > 1 ? means.reduce((sum, mean) => sum + (mean - grand) ** 2, 0) / (M - 1) : 0;
  const total = (within * (N - 1)) / N + between;
  if (!(total > 0)) return Number.NaN;
  const rho = (lag: number): number => 1 - (within - autocovariance(lag)) / total;
  const S = M * N;
  let even = 1;
  let odd = rho(1);
  let pairSum = 0;
  let lastPair = Number.POSITIVE_INFINITY;
  let lag = 0;
  // pairs are taken while they are positive, each at most as large as the one before
  while (even + odd > 0) {
    lastPair = Math.min(lastPair, even + odd);
    pairSum += lastPair;
    lag += 2;
    if (lag + 1 >= N - 3) {
      even = 0;
      break;
    }
    even = rho(lag);
    odd = rho(lag + 1);
  }
  const tau = -1 + 2 * pairSum + Math.max(0, even);
  return S / Math.max(tau, 1 / Math.log10(S));
}

function splitRhat(halves: Draws): number {
  const N = halves[0].length;
  const means = halves.map((half) => half.reduce((a, b) => a + b) / N);
  const grand = means.reduce((a, b) => a + b) / halves.length;
  const between = (N * means.reduce((sum, mean) => sum + (mean - grand) ** 2, 0)) / (halves.length - 1);
  let within = 0;
  halves.forEach((half, m) => {
    let squares = 0;
    for (const value of half) squares += (value - means[m]) ** 2;
    within += squares / (N - 1) / halves.length;
  });
  return Math.sqrt((between / within + N - 1) / N);
}

/** Each chain in two; with an odd length the middle draw is left out. */
function split(draws: Draws): Float64Array[] {
  const half = Math.floor(draws[0].length / 2);
  return draws.flatMap((chain) => [chain.slice(0, half), chain.slice(chain.length - half)]);
}

/** Normal scores of the pooled average ranks: Phi^-1((rank - 3/8) / (S + 1/4)). */
function normalScores(chains: Draws): Float64Array[] {
  const sorted = pooled(chains).sort();
  const S = sorted.length;
  const table = scoreTable(S);
  return chains.map((chain) =>
    chain.map((value) => {
      const first = firstAtLeast(sorted, value);
      let last = first;
      while (last + 1 < S && sorted[last + 1] === value) last++;
      return table[first + last];
    }),
  );
}

let scoresOfSize: Float64Array = new Float64Array(0);

/** Scores by twice the zero-based average rank; kept for the next quantity, which has as many draws. */
function scoreTable(S: number): Float64Array {
  if (scoresOfSize.length !== 2 * S - 1) {
    scoresOfSize = Float64Array.from({ length: 2 * S - 1 }, (_, k) => quantileNormal((k / 2 + 0.625) / (S + 0.25)));
  }
  return scoresOfSize;
}

function firstAtLeast(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function pooled(chains: Draws): Float64Array {
  const N = chains[0].length;
  const all = new Float64Array(chains.length * N);
  chains.forEach((chain, m) => {
    all.set(chain, m * N);
  });
  return all;
}

function medianOf(chains: Draws): number {
  return quantileSorted(pooled(chains).sort(), 0.5);
}

function isUsable(draws: Draws): boolean {
  if (draws.length === 0 || draws[0].length < 8) return false;
  const first = draws[0][0];
  let changes = false;
  for (const chain of draws) {
    for (const value of chain) {
      if (!Number.isFinite(value)) return false;
      if (value !== first) changes = true;
    }
  }
  return changes;
}
