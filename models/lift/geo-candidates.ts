import { InputError } from '../errors.ts';
import { random } from '../numeric/random.ts';
import type { Panel } from '../panel.ts';

/** Which geos may be, must be, and must not be treated. */
export interface CandidateOptions {
  /** numbers of treated geos to try */
  sizes: readonly number[];
  include?: readonly string[];
  exclude?: readonly string[];
}

/**
 * Candidate sets of treated geos: each geo with the ones that move most like it, so that a weighted rest can follow the set.
 *
 * @returns distinct sets, geos in panel order, sets in order of size and then of first seed geo
 * @throws InputError `unknown_name` for a geo that the panel does not have
 */
export function candidateSets(panel: Panel, options: CandidateOptions): string[][] {
  const { sizes, include = [], exclude = [] } = options;
  for (const name of [...include, ...exclude]) {
    if (!panel.units.includes(name)) throw new InputError('unknown_name', `geo ${name} is not in the panel`);
  }
  const free = panel.units.flatMap((unit, u) => (exclude.includes(unit) ? [] : [u]));
  const correlation = correlations(panel);
  const n = panel.units.length;
  const seen = new Map<string, string[]>();
  for (const size of [...sizes].sort((a, b) => a - b)) {
    for (const seed of free) {
      const rank = free
        .filter((u) => u !== seed)
        .sort((a, b) => correlation[seed * n + b] - correlation[seed * n + a] || a - b);
      const forced = include.map((name) => panel.units.indexOf(name));
      const chosen = new Set(forced);
      for (const u of [seed, ...rank]) if (chosen.size < size) chosen.add(u);
      if (chosen.size !== size) continue;
      const names = [...chosen].sort((a, b) => a - b).map((u) => panel.units[u]);
      seen.set(names.join('\u0000'), names);
    }
  }
  return [...seen.values()];
}

export interface GeoPairing {
  pairs: [string, string][];
  /** left over when the number of geos is odd */
  single: string | null;
}

/**
 * Pairs of geos that were alike in the past, for randomising within pairs: nearest neighbours first, then swaps that shorten the sum.
 *
 * Distance: root mean square difference of the series, each relative to its own mean, plus the difference of log volumes.
 */
export function pairGeos(panel: Panel): GeoPairing {
  const n = panel.units.length;
  const distance = distances(panel);
  const order = Array.from({ length: (n * (n - 1)) / 2 }, () => [0, 0] as [number, number]);
  let at = 0;
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) order[at++] = [i, j];
  order.sort((a, b) => distance[a[0] * n + a[1]] - distance[b[0] * n + b[1]] || a[0] - b[0] || a[1] - b[1]);
  const taken = new Uint8Array(n);
  const pairs: [number, number][] = [];
  for (const [i, j] of order) {
    if (taken[i] || taken[j]) continue;
    taken[i] = 1;
    taken[j] = 1;
    pairs.push([i, j]);
  }
  const d = (i: number, j: number): number => distance[i * n + j];
  for (let improved = true; improved; ) {
    improved = false;
    for (let a = 0; a < pairs.length; a++) {
      for (let b = a + 1; b < pairs.length; b++) {
        const [[i, j], [k, l]] = [pairs[a], pairs[b]];
        const now = d(i, j) + d(k, l);
        const straight = d(i, k) + d(j, l);
        const crossed = d(i, l) + d(j, k);
        if (Math.min(straight, crossed) >= now - 1e-12) continue;
        pairs[a] = straight <= crossed ? [i, k] : [i, l];
        pairs[b] = straight <= crossed ? [j, l] : [j, k];
        improved = true;
      }
    }
  }
  const left = taken.indexOf(0);
  const sorted = pairs.map(([i, j]) => (i < j ? [i, j] : [j, i])).sort((a, b) => a[0] - b[0]);
  return {
    pairs: sorted.map(([i, j]) => [panel.units[i], panel.units[j]]),
    single: left < 0 ? null : panel.units[left],
  };
}

/** One geo of each pair by a seeded coin: the treated ones of a randomised geo test. */
export function randomiseWithinPairs(pairs: readonly (readonly [string, string])[], seed: number): string[] {
  const rng = random(seed, 'geo pairs');
  return pairs.map(([a, b]) => (rng.uniform() < 0.5 ? a : b));
}

function correlations(panel: Panel): Float64Array {
  const n = panel.units.length;
  const periods = panel.periods.length;
  const scaled = Float64Array.from(panel.outcome);
  for (let u = 0; u < n; u++) {
    const row = scaled.subarray(u * periods, (u + 1) * periods);
    const mean = row.reduce((sum, v) => sum + v, 0) / periods;
    const norm = Math.sqrt(row.reduce((sum, v) => sum + (v - mean) ** 2, 0));
    for (let t = 0; t < periods; t++) row[t] = norm > 0 ? (row[t] - mean) / norm : 0;
  }
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      let sum = 0;
      for (let t = 0; t < periods; t++) sum += scaled[i * periods + t] * scaled[j * periods + t];
      out[i * n + j] = sum;
      out[j * n + i] = sum;
    }
  }
  return out;
}

function distances(panel: Panel): Float64Array {
  const n = panel.units.length;
  const periods = panel.periods.length;
  const means = panel.units.map(
    (_, u) => panel.outcome.subarray(u * periods, (u + 1) * periods).reduce((sum, v) => sum + v, 0) / periods,
  );
  const flat = means.findIndex((mean) => !(mean > 0));
  if (flat >= 0) {
    throw new InputError('bad_panel', `geo ${panel.units[flat]} has no positive volume to be paired by; leave it out`);
  }
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      let squares = 0;
      for (let t = 0; t < periods; t++) {
        const difference = panel.outcome[i * periods + t] / means[i] - panel.outcome[j * periods + t] / means[j];
        squares += difference * difference;
      }
      const value = Math.sqrt(squares / periods) + Math.abs(Math.log(means[i] / means[j]));
      out[i * n + j] = value;
      out[j * n + i] = value;
    }
  }
  return out;
}
