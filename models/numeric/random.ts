/** A seeded source of randomness. Every draw is reproducible from the seed on every platform. */
export interface Random {
  /** uniform in [0, 1) with 53 bits */
  uniform(): number;
  /** uniform integer in [0, n) */
  integer(n: number): number;
  /** standard normal */
  normal(): number;
  /** standard exponential, mean 1 */
  exponential(): number;
  /** Gamma(shape, rate 1), shape > 0 */
  gamma(shape: number): number;
  /** Poisson(mean), mean >= 0 */
  poisson(mean: number): number;
  /** in-place Fisher-Yates */
  shuffle<T extends { length: number; [i: number]: unknown }>(values: T): T;
}

/**
 * xoshiro128** seeded by splitmix32 over the given keys, so `random(7, 'chain', 2)` is a stream of its own.
 *
 * @param keys  numbers or texts that name the stream; the same keys give the same stream
 * @see Blackman & Vigna (2018), Scrambled linear pseudorandom number generators
 */
export function random(...keys: (number | string)[]): Random {
  let h = 0x9e3779b9;
  for (const key of keys) {
    const text = String(key);
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x85ebca6b) ^ (h >>> 13);
    h = Math.imul(h ^ 0x7c, 0xc2b2ae35) ^ (h >>> 16);
  }
  const next32 = xoshiro128(h >>> 0);
  const uniform = (): number => ((next32() >>> 5) * 67108864 + (next32() >>> 6)) / 9007199254740992;
  let spare = Number.NaN;
  const normal = (): number => {
    if (!Number.isNaN(spare)) {
      const value = spare;
      spare = Number.NaN;
      return value;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const r = x * x + y * y;
      if (r > 0 && r < 1) {
        const scale = Math.sqrt((-2 * Math.log(r)) / r);
        spare = y * scale;
        return x * scale;
      }
    }
  };
  const exponential = (): number => -Math.log1p(-uniform());
  // Marsaglia & Tsang (2000); shapes under 1 are boosted by one and scaled back
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * (1 - uniform()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v <= 0) continue;
      if (Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  // exact for every mean: halves a large mean with a gamma draw (Ahrens & Dieter 1974), then multiplies uniforms
  const poisson = (mean: number): number => {
    let rest = mean;
    let total = 0;
    while (rest > 12) {
      const m = Math.floor(rest * 0.875);
      const x = gamma(m);
      if (x > rest) return total + binomial(m - 1, rest / x);
      total += m;
      rest -= x;
    }
    const limit = Math.exp(-rest);
    let product = 1 - uniform();
    while (product > limit) {
      total++;
      product *= 1 - uniform();
    }
    return total;
  };
  const binomial = (n: number, p: number): number => {
    let k = 0;
    for (let i = 0; i < n; i++) if (uniform() < p) k++;
    return k;
  };
  const integer = (n: number): number => Math.floor(uniform() * n);
  return {
    uniform,
    integer,
    normal,
    exponential,
    gamma,
    poisson,
    shuffle(values) {
      const list = values as { length: number; [i: number]: unknown };
      for (let i = list.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        const held = list[i];
        list[i] = list[j];
        list[j] = held;
      }
      return values;
    },
  };
}

function xoshiro128(seed: number): () => number {
  let s = seed;
  const splitmix = (): number => {
    s = (s + 0x9e3779b9) | 0;
    let z = s;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) | 0;
  };
  let a = splitmix();
  let b = splitmix();
  let c = splitmix();
  let d = splitmix();
  return () => {
    const m = Math.imul(b, 5);
    const result = Math.imul((m << 7) | (m >>> 25), 9);
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
}
