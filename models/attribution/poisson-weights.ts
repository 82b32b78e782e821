import { mix32 } from './window-table.ts';

/** A 64-bit key of a text in two halves, the same on every machine (two 32-bit FNV-1a runs, finished by MurmurHash3). */
export function keyOfText(text: string): { low: number; high: number } {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ (code + 0x9e37), 0x01000193) ^ (high >>> 15);
  }
  return { low: mix32(low) >>> 0, high: mix32(high ^ low) >>> 0 };
}

/**
 * Draws of one replicate. Every draw is a function of the seed, the replicate and the key alone, so it does not matter
 * which row, batch, thread or machine asks for it.
 */
export interface ReplicateStream {
  /** Poisson(mean) for the unit with this key; `mean` 1 is a bootstrap weight, a count is a resampled count */
  poisson(low: number, high: number, mean: number): number;
}

/**
 * @param seed       any number
 * @param replicate  number of the replicate
 * @param purpose    tells apart several draws for the same key, such as `conversions` and `non_conversions`
 */
export function replicateStream(seed: number, replicate: number, purpose: string): ReplicateStream {
  const key = keyOfText(`${seed}|${purpose}|${replicate}`);
  const first = key.low | 0;
  const second = key.high | 0;
  return {
    poisson(low, high, mean) {
      if (mean <= 0) return 0;
      if (mean <= 16 && (mean | 0) === mean) {
        const table = TABLES[mean];
        const u = (hash(low, high, first, second) >>> 0) * TWO_TO_MINUS_32;
        let k = 0;
        while (u >= table[k]) k++;
        return k;
      }
      return mean < 10 ? invert(low, high, first, second, mean) : reject(low, high, first, second, mean);
    },
  };
}

const TWO_TO_MINUS_32 = 2 ** -32;

/** MurmurHash3 (x86, 32 bit, public domain) of the two key words, seeded by both stream words. */
function hash(low: number, high: number, first: number, second: number): number {
  let h = round(first, low);
  h = round(h, high);
  h = round(h, second);
  return mix32(h ^ 12);
}

function round(h: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const mixed = h ^ k;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** 53-bit uniform in (0, 1), number `draw` of the key. */
function uniform(low: number, high: number, first: number, second: number, draw: number): number {
  const a = hash(low, high, first, (second + Math.imul(2 * draw + 1, 0x9e3779b9)) | 0);
  const b = hash(low, high, first, (second + Math.imul(2 * draw + 2, 0x9e3779b9)) | 0);
  return ((a >>> 5) * 67108864 + (b >>> 6) + 0.5) / 9007199254740992;
}

// cumulative probabilities for the whole means that make up nearly all counts; the last entry stands for certainty
const TABLES: readonly Float64Array[] = Array.from({ length: 17 }, (_, mean) => cumulative(mean));

function cumulative(mean: number): Float64Array {
  const values: number[] = [];
  let p = Math.exp(-mean);
  let sum = p;
  for (let k = 1; sum < 1 - TWO_TO_MINUS_32 / 2; k++) {
    values.push(sum);
    p *= mean / k;
    sum += p;
  }
  values.push(Number.POSITIVE_INFINITY);
  return Float64Array.from(values);
}

function invert(low: number, high: number, first: number, second: number, mean: number): number {
  const u = uniform(low, high, first, second, 0);
  let p = Math.exp(-mean);
  let sum = p;
  let k = 0;
  while (u >= sum && p > 0) {
    k++;
    p *= mean / k;
    sum += p;
  }
  return k;
}

/** Transformed rejection with squeeze, exact for means from 10 on. @see Hörmann (1993), algorithm PTRS */
function reject(low: number, high: number, first: number, second: number, mean: number): number {
  const root = Math.sqrt(mean);
  const b = 0.931 + 2.53 * root;
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const vr = 0.9277 - 3.6224 / (b - 2);
  const logMean = Math.log(mean);
  for (let draw = 0; ; draw += 2) {
    const u = uniform(low, high, first, second, draw) - 0.5;
    const v = uniform(low, high, first, second, draw + 1);
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= vr) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const accept = Math.log(v) + Math.log(inverseAlpha) - Math.log(a / (us * us) + b);
    if (accept <= k * logMean - mean - logFactorial(k)) return k;
  }
}

const LOG_FACTORIAL = [0, 0];
for (let k = 2; k < 16; k++) LOG_FACTORIAL[k] = LOG_FACTORIAL[k - 1] + Math.log(k);

/** log k!, by table and then by Stirling's series, whose next term is below 1e-12 here. */
function logFactorial(k: number): number {
  if (k < 16) return LOG_FACTORIAL[k];
  const x = k + 1;
  const square = x * x;
  return (
    (x - 0.5) * Math.log(x) -
    x +
    0.5 * Math.log(2 * Math.PI) +
    (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * square)) / square) / square) / x
  );
}
