/** Dual averaging of the log step size towards a target acceptance (Hoffman & Gelman 2014, algorithm 5). */
export interface StepSizeAdaptation {
  /** step size to try next */
  current(): number;
  /** averaged step size, to sample with */
  final(): number;
  update(acceptance: number): void;
  restart(stepSize: number): void;
}

export function adaptStepSize(initial: number, target: number): StepSizeAdaptation {
  const gamma = 0.05;
  const delay = 10;
  const kappa = 0.75;
  let centre = 0;
  let error = 0;
  let count = 0;
  let log = 0;
  let average = 0;
  const restart = (stepSize: number): void => {
    centre = Math.log(10 * stepSize);
    error = 0;
    count = 0;
    log = Math.log(stepSize);
    average = 0;
  };
  restart(initial);
  return {
    current: () => Math.exp(log),
    final: () => Math.exp(average),
    restart,
    update(acceptance) {
      count++;
      const share = 1 / (count + delay);
      error = (1 - share) * error + share * (target - Math.min(1, acceptance));
      log = centre - (Math.sqrt(count) / gamma) * error;
      const weight = count ** -kappa;
      average = weight * log + (1 - weight) * average;
    },
  };
}

/**
 * Warm-up iterations at whose end the metric is renewed: after a first stretch, windows that double, and a last stretch
 * left for the step size alone.
 *
 * @param warmup  iterations, >= 0
 * @returns       `from`: first iteration that counts for the metric; `ends`: iterations (exclusive) that close a window
 */
export function metricWindows(warmup: number): { from: number; ends: number[] } {
  const from = Math.floor(0.12 * warmup);
  const last = warmup - Math.floor(0.15 * warmup);
  const ends: number[] = [];
  let width = Math.max(20, Math.floor(0.08 * warmup));
  let at = from;
  while (at < last) {
    // a window that would leave a shorter one behind takes it in
    const end = at + 3 * width > last ? last : at + width;
    ends.push(end);
    at = end;
    width *= 2;
  }
  return warmup < 40 ? { from: warmup, ends: [] } : { from, ends };
}

/** Running mean and variance per coordinate. */
export interface RunningVariance {
  add(z: Float64Array): void;
  /** variances shrunk towards 1, the variance that standardised coordinates were built to have */
  into(variance: Float64Array): void;
  clear(): void;
}

export function runningVariance(dimension: number): RunningVariance {
  const mean = new Float64Array(dimension);
  const squares = new Float64Array(dimension);
  let count = 0;
  return {
    add(z) {
      count++;
      for (let i = 0; i < dimension; i++) {
        const delta = z[i] - mean[i];
        mean[i] += delta / count;
        squares[i] += delta * (z[i] - mean[i]);
      }
    },
    into(variance) {
      const trust = count / (count + 5);
      for (let i = 0; i < dimension; i++) {
        variance[i] = count > 1 ? trust * (squares[i] / (count - 1)) + (1 - trust) : 1;
      }
    },
    clear() {
      count = 0;
      mean.fill(0);
      squares.fill(0);
    },
  };
}
