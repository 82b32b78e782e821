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

/**
 * into[i] += sum over c of weights[c] * columns[c][i], four columns at a time so that `into` is read and written a quarter
 * as often.
 */
export function addColumns(
  columns: readonly Float64Array[],
  weights: Float64Array,
  into: Float64Array,
  from: number,
  to: number,
): void {
  let c = 0;
  for (; c + 3 < columns.length; c += 4) {
    const x0 = columns[c];
    const x1 = columns[c + 1];
    const x2 = columns[c + 2];
    const x3 = columns[c + 3];
    const w0 = weights[c];
    const w1 = weights[c + 1];
    const w2 = weights[c + 2];
    const w3 = weights[c + 3];
    for (let i = from; i < to; i++) into[i] += w0 * x0[i] + w1 * x1[i] + (w2 * x2[i] + w3 * x3[i]);
  }
  for (; c < columns.length; c++) {
    const x = columns[c];
    const w = weights[c];
    for (let i = from; i < to; i++) into[i] += w * x[i];
  }
}

/** out[at + c] += sum over i of r[i] * columns[c][i], four columns at a time. */
export function dotColumns(
  r: Float64Array,
  columns: readonly Float64Array[],
  from: number,
  to: number,
  out: Float64Array,
  at: number,
): void {
  let c = 0;
  for (; c + 3 < columns.length; c += 4) {
    const x0 = columns[c];
    const x1 = columns[c + 1];
    const x2 = columns[c + 2];
    const x3 = columns[c + 3];
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let i = from; i < to; i++) {
      const weight = r[i];
      s0 += weight * x0[i];
      s1 += weight * x1[i];
      s2 += weight * x2[i];
      s3 += weight * x3[i];
    }
    out[at + c] += s0;
    out[at + c + 1] += s1;
    out[at + c + 2] += s2;
    out[at + c + 3] += s3;
  }
  for (; c < columns.length; c++) {
    const x = columns[c];
    let sum = 0;
    for (let i = from; i < to; i++) sum += r[i] * x[i];
    out[at + c] += sum;
  }
}
