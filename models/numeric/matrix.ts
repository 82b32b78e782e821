/** Dense row-major matrix: element (i, j) is `data[i * cols + j]`. */
export interface Matrix {
  rows: number;
  cols: number;
  data: Float64Array;
}

export function zeros(rows: number, cols: number): Matrix {
  return { rows, cols, data: new Float64Array(rows * cols) };
}

/** a'a: cols x cols, symmetric. */
export function gram(a: Matrix): Matrix {
  const { rows, cols, data } = a;
  const out = zeros(cols, cols);
  for (let r = 0; r < rows; r++) {
    const base = r * cols;
    for (let i = 0; i < cols; i++) {
      const x = data[base + i];
      if (x === 0) continue;
      for (let j = i; j < cols; j++) out.data[i * cols + j] += x * data[base + j];
    }
  }
  for (let i = 0; i < cols; i++) for (let j = 0; j < i; j++) out.data[i * cols + j] = out.data[j * cols + i];
  return out;
}

/** a b. @throws RangeError when the inner sizes differ */
export function multiply(a: Matrix, b: Matrix): Matrix {
  if (a.cols !== b.rows) throw new RangeError(`multiply: ${a.rows}x${a.cols} by ${b.rows}x${b.cols}`);
  const out = zeros(a.rows, b.cols);
  for (let i = 0; i < a.rows; i++) {
    for (let k = 0; k < a.cols; k++) {
      const x = a.data[i * a.cols + k];
      if (x === 0) continue;
      for (let j = 0; j < b.cols; j++) out.data[i * b.cols + j] += x * b.data[k * b.cols + j];
    }
  }
  return out;
}

export function transpose(a: Matrix): Matrix {
  const out = zeros(a.cols, a.rows);
  for (let i = 0; i < a.rows; i++) for (let j = 0; j < a.cols; j++) out.data[j * a.rows + i] = a.data[i * a.cols + j];
  return out;
}

/** a x, length rows. */
export function multiplyVector(a: Matrix, x: Float64Array): Float64Array {
  const out = new Float64Array(a.rows);
  for (let i = 0; i < a.rows; i++) {
    let sum = 0;
    for (let j = 0; j < a.cols; j++) sum += a.data[i * a.cols + j] * x[j];
    out[i] = sum;
  }
  return out;
}

/**
 * Lower Cholesky factor L of a symmetric positive definite matrix, a = L L'.
 * @returns null when a pivot is not positive (the matrix is not positive definite)
 */
export function cholesky(a: Matrix): Matrix | null {
  const n = a.rows;
  const l = zeros(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a.data[i * n + j];
      for (let k = 0; k < j; k++) sum -= l.data[i * n + k] * l.data[j * n + k];
      if (i === j) {
        if (!(sum > 0)) return null;
        l.data[i * n + i] = Math.sqrt(sum);
      } else l.data[i * n + j] = sum / l.data[j * n + j];
    }
  }
  return l;
}

/** Solves L L' x = b with a factor from `cholesky`. */
export function solveCholesky(l: Matrix, b: Float64Array): Float64Array {
  const n = l.rows;
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    let sum = x[i];
    for (let k = 0; k < i; k++) sum -= l.data[i * n + k] * x[k];
    x[i] = sum / l.data[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i];
    for (let k = i + 1; k < n; k++) sum -= l.data[k * n + i] * x[k];
    x[i] = sum / l.data[i * n + i];
  }
  return x;
}

/**
 * Solves a X = b by LU with partial pivoting; `a` and `b` are left as they came.
 * @returns null when `a` is singular to working precision
 */
export function solve(a: Matrix, b: Matrix): Matrix | null {
  const n = a.rows;
  if (a.cols !== n || b.rows !== n) throw new RangeError(`solve: ${a.rows}x${a.cols} with ${b.rows} right-hand rows`);
  const m = b.cols;
  const lu = Float64Array.from(a.data);
  const x = Float64Array.from(b.data);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(lu[i * n + k]) > Math.abs(lu[pivot * n + k])) pivot = i;
    const p = lu[pivot * n + k];
    if (p === 0 || !Number.isFinite(p)) return null;
    if (pivot !== k) {
      for (let j = 0; j < n; j++) {
        const held = lu[k * n + j];
        lu[k * n + j] = lu[pivot * n + j];
        lu[pivot * n + j] = held;
      }
      for (let j = 0; j < m; j++) {
        const held = x[k * m + j];
        x[k * m + j] = x[pivot * m + j];
        x[pivot * m + j] = held;
      }
    }
    for (let i = k + 1; i < n; i++) {
      const f = lu[i * n + k] / p;
      if (f === 0) continue;
      for (let j = k + 1; j < n; j++) lu[i * n + j] -= f * lu[k * n + j];
      for (let j = 0; j < m; j++) x[i * m + j] -= f * x[k * m + j];
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = 0; j < m; j++) {
      let sum = x[i * m + j];
      for (let k = i + 1; k < n; k++) sum -= lu[i * n + k] * x[k * m + j];
      x[i * m + j] = sum / lu[i * n + i];
    }
  }
  return { rows: n, cols: m, data: x };
}
