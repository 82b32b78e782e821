import type { Matrix } from '../numeric/matrix.ts';
import type { Random } from '../numeric/random.ts';

/** Regression with a spike at zero and a normal slab; `gram`, `precision` are P x P over the same columns. */
export interface SpikeSlab {
  /** X'X over the observed periods */
  gram: Matrix;
  /** slab precision: beta | sigma ~ N(0, sigma^2 precision^-1) on the included columns */
  precision: Matrix;
  /** prior probability that a column is included, one for all, in (0, 1] */
  inclusion: number;
  /** prior of the residual variance: inverse gamma with `weight` observations of variance `variance` */
  weight: number;
  variance: number;
  /** residual sd is truncated here */
  largestDeviation: number;
  /** number of observed periods */
  n: number;
}

export interface SpikeSlabState {
  included: Uint8Array;
  /** length P; zero where not included */
  beta: Float64Array;
  residualVariance: number;
}

/** Builds the Gibbs step once, so that its scratch space is shared by every draw. */
export function spikeSlabSampler(model: SpikeSlab): {
  /**
   * Draws inclusion (columns in random order, coefficients and variance integrated out), residual variance, coefficients.
   *
   * @param products      X'r over the observed periods, length P
   * @param sumOfSquares  r'r
   */
  draw(state: SpikeSlabState, products: Float64Array, sumOfSquares: number, rng: Random): void;
} {
  const columns = model.gram.rows;
  const gram = model.gram.data;
  const precision = model.precision.data;
  const logIn = Math.log(model.inclusion);
  const logOut = Math.log1p(-model.inclusion);
  const freedom = model.n + model.weight;
  const set = new Int32Array(columns);
  const order = new Int32Array(columns);
  const prior = new Float64Array(columns * columns);
  const factor = new Float64Array(columns * columns);
  const half = new Float64Array(columns);
  let squares = 0;

  const collect = (included: Uint8Array): number => {
    let size = 0;
    for (let j = 0; j < columns; j++) if (included[j]) set[size++] = j;
    return size;
  };

  // log density of the included set; leaves the factor of precision + gram in `factor`, L^-1 X'r in `half`, SS in `squares`
  const logPosterior = (size: number, products: Float64Array, sumOfSquares: number): number => {
    squares = sumOfSquares + model.weight * model.variance;
    let logDeterminants = 0;
    for (let i = 0; i < size; i++) {
      const row = set[i] * columns;
      let projected = products[set[i]];
      for (let j = 0; j <= i; j++) {
        const slab = precision[row + set[j]];
        let a = slab + gram[row + set[j]];
        let p = slab;
        for (let k = 0; k < j; k++) {
          a -= factor[i * size + k] * factor[j * size + k];
          p -= prior[i * size + k] * prior[j * size + k];
        }
        if (i === j) {
          if (!(a > 0 && p > 0)) return Number.NEGATIVE_INFINITY;
          logDeterminants += 0.5 * Math.log(p / a);
          factor[i * size + i] = Math.sqrt(a);
          prior[i * size + i] = Math.sqrt(p);
        } else {
          factor[i * size + j] = a / factor[j * size + j];
          prior[i * size + j] = p / prior[j * size + j];
          projected -= factor[i * size + j] * half[j];
        }
      }
      half[i] = projected / factor[i * size + i];
      squares -= half[i] * half[i];
    }
    if (!(squares > 0)) return Number.NEGATIVE_INFINITY;
    return size * logIn + (columns - size) * logOutOrZero() + logDeterminants - 0.5 * freedom * Math.log(squares);
  };
  const logOutOrZero = (): number => (model.inclusion < 1 ? logOut : 0);

  return {
    draw(state, products, sumOfSquares, rng) {
      const { included, beta } = state;
      if (model.inclusion < 1) {
        for (let j = 0; j < columns; j++) order[j] = j;
        rng.shuffle(order);
        let current = logPosterior(collect(included), products, sumOfSquares);
        for (let k = 0; k < columns; k++) {
          const j = order[k];
          included[j] ^= 1;
          const proposed = logPosterior(collect(included), products, sumOfSquares);
          if (Math.log(1 - rng.uniform()) < proposed - current) current = proposed;
          else included[j] ^= 1;
        }
      }
      const size = collect(included);
      logPosterior(size, products, sumOfSquares);
      const least = 1 / model.largestDeviation ** 2;
      state.residualVariance = 1 / gammaAbove(freedom / 2, squares / 2, least, rng);
      const sd = Math.sqrt(state.residualVariance);
      beta.fill(0);
      for (let i = size - 1; i >= 0; i--) {
        let value = half[i] + sd * rng.normal();
        for (let k = i + 1; k < size; k++) value -= factor[k * size + i] * beta[set[k]];
        beta[set[i]] = value / factor[i * size + i];
      }
    },
  };
}

/**
 * Gamma(shape, rate) given that it exceeds `least`.
 *
 * Plain rejection while `least` is under the mean; in the tail, rejection from the exponential that touches the density at
 * `least` (the density is log-concave for shape >= 1).
 */
export function gammaAbove(shape: number, rate: number, least: number, rng: Random): number {
  if (least * rate <= shape || shape <= 1) {
    for (;;) {
      const x = rng.gamma(shape) / rate;
      if (x > least) return x;
    }
  }
  const slope = rate - (shape - 1) / least;
  for (;;) {
    const x = least + rng.exponential() / slope;
    if (Math.log(1 - rng.uniform()) < (shape - 1) * (Math.log(x / least) - (x - least) / least)) return x;
  }
}
