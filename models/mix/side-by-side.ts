/**
 * Sums of h and of each h' over a stretch, side by side: a sum alone waits for its own last addition, so two or three at
 * once cost as much as one.
 */
export function sumTogether(
  h: Float64Array,
  byShape: readonly Float64Array[],
  from: number,
  to: number,
  out: Float64Array,
): void {
  let sum = 0;
  let first = 0;
  let second = 0;
  const a = byShape[0];
  const b = byShape[1];
  if (byShape.length === 0) for (let i = from; i < to; i++) sum += h[i];
  else if (byShape.length === 1) {
    for (let i = from; i < to; i++) {
      sum += h[i];
      first += a[i];
    }
  } else {
    for (let i = from; i < to; i++) {
      sum += h[i];
      first += a[i];
      second += b[i];
    }
  }
  out[0] = sum;
  out[1] = first;
  out[2] = second;
  for (let s = 2; s < byShape.length; s++) {
    const slope = byShape[s];
    let rest = 0;
    for (let i = from; i < to; i++) rest += slope[i];
    out[s + 1] = rest;
  }
}

/** As `sumTogether`, each term weighted by r. */
export function dotTogether(
  r: Float64Array,
  h: Float64Array,
  byShape: readonly Float64Array[],
  from: number,
  to: number,
  out: Float64Array,
): void {
  let sum = 0;
  let first = 0;
  let second = 0;
  const a = byShape[0];
  const b = byShape[1];
  if (byShape.length === 0) for (let i = from; i < to; i++) sum += r[i] * h[i];
  else if (byShape.length === 1) {
    for (let i = from; i < to; i++) {
      sum += r[i] * h[i];
      first += r[i] * a[i];
    }
  } else {
    for (let i = from; i < to; i++) {
      const weight = r[i];
      sum += weight * h[i];
      first += weight * a[i];
      second += weight * b[i];
    }
  }
  out[0] = sum;
  out[1] = first;
  out[2] = second;
  for (let s = 2; s < byShape.length; s++) {
    const slope = byShape[s];
    let rest = 0;
    for (let i = from; i < to; i++) rest += r[i] * slope[i];
    out[s + 1] = rest;
  }
}
