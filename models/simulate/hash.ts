/**
 * Counter-based random numbers: a draw is a function of its address (seed, a, b), not of what was drawn before.
 *
 * A world with one channel switched off therefore sees the very same luck everywhere else, which is what makes
 * counterfactuals by common random numbers exact. `models/numeric/random.ts` streams cannot do that.
 */

/** 32-bit hash of a seed and two integers; a bijection of `a` for fixed seed and b, so addresses do not collide. */
export function hash32(seed: number, a: number, b: number): number {
  let x = (seed + Math.imul(a, 0x9e3779b1)) | 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x21f0aaad);
  x ^= x >>> 15;
  x = (x + Math.imul(b + 1, 0x85ebca6b)) | 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x735a2d97);
  x ^= x >>> 15;
  x = Math.imul(x, 0x21f0aaad);
  x ^= x >>> 15;
  return x >>> 0;
}

/** Uniform in [0, 1) at an address, 32 bits. */
export function uniformAt(seed: number, a: number, b: number): number {
  return hash32(seed, a, b) / 4294967296;
}

/** Standard normal at an address (Box-Muller on two draws of its own). */
export function normalAt(seed: number, a: number, b: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniformAt(seed, a, b)));
  return radius * Math.cos(2 * Math.PI * uniformAt(seed ^ 0x5bd1e995, a, b));
}

/** Folds a text key into a seed, so that every part of a market has numbers of its own. */
export function seedOf(seed: number, key: string): number {
  let h = hash32(seed, Math.floor(seed / 4294967296), 0);
  for (let i = 0; i < key.length; i++) h = hash32(h, key.charCodeAt(i), i);
  return h;
}

/** A number of `length` decimal digits that starts with `prefix`: platform ids, which never fit a double. */
export function digitsAt(prefix: string, length: number, seed: number, a: number): string {
  let digits = prefix;
  for (let block = 0; digits.length < length; block++) {
    digits += String(hash32(seed, a, 1000 + block) % 1000000000).padStart(9, '0');
  }
  return digits.slice(0, length);
}

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Text of `length` characters of base64url: video ids, shortcodes, click ids. */
export function textAt(length: number, seed: number, a: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += BASE64URL[hash32(seed, a, 2000 + i) & 63];
  return text;
}

/** Version 4 shaped identifier at an address. */
export function uuidAt(seed: number, a: number, b: number): string {
  const hex = [0, 1, 2, 3]
    .map((part) =>
      hash32(seed ^ Math.imul(part + 1, 0x2545f491), a, b)
        .toString(16)
        .padStart(8, '0'),
    )
    .join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
