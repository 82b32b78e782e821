import { InputError } from '../errors.ts';
import { DEFAULT_LEVEL, type Estimate } from '../estimate.ts';
import { random } from '../numeric/random.ts';
import { randomisationTest } from './randomisation.ts';
import type { DrawnEstimate } from './randomised-geos.ts';

/** A pair of geos of which a coin chose the treated one. */
export interface PairOutcome {
  name: string;
  /** means per period, in the test and before it */
  treated: { during: number; before: number };
  control: { during: number; before: number };
}

/**
 * Reads a geo test that was randomised within pairs: mean over pairs of (change of the treated geo - change of the control geo),
 * against all coins that could have fallen. Enumerated up to 5,000 assignments, else seeded draws.
 *
 * Rests on the randomisation alone.
 *
 * @param options  seed and number of the draws (default 4,999) when not all can be enumerated
 * @throws InputError `insufficient_data` for fewer than 2 pairs
 * @see Rosenbaum (2002), Observational Studies, 2.5
 */
export function pairedGeos(
  pairs: readonly PairOutcome[],
  options: { level?: number; seed: number; draws?: number },
): Estimate {
  return drawPairedGeos(pairs, options).estimate;
}

/** `pairedGeos` with its draws. */
export function drawPairedGeos(
  pairs: readonly PairOutcome[],
  options: { level?: number; seed: number; draws?: number },
): DrawnEstimate {
  const level = options.level ?? DEFAULT_LEVEL;
  const n = pairs.length;
  if (n < 2) throw new InputError('insufficient_data', `${n} pairs of geos; a randomised comparison needs at least 2`);
  const differences = pairs.map(
    ({ treated, control }) => treated.during - treated.before - (control.during - control.before),
  );
  const value = differences.reduce((sum, d) => sum + d, 0) / n;
  const exhaustive = 2 ** n <= 5000;
  const rng = random(options.seed, 'paired geos');
  const count = exhaustive ? 2 ** n - 1 : (options.draws ?? 4999);
  const draws = Array.from({ length: count }, (_, k): [number, number] => {
    let a = 0;
    let b = 0;
    for (let i = 0; i < n; i++) {
      // draw 0 of an enumeration would be the real assignment, which is counted by the test itself
      const sign = (exhaustive ? ((k + 1) >> i) & 1 : rng.integer(2)) === 1 ? -1 : 1;
      a += (sign * differences[i]) / n;
      b += sign / n;
    }
    return [a, b];
  });
  const test = randomisationTest(value, draws, level);
  const estimate: Estimate = {
    value,
    standardError: test.deviation,
    interval: test.interval,
    pValue: test.pValue,
    method: 'paired_geo_randomisation',
    n,
    diagnostics: {
      assignments: count + 1,
      exhaustive,
      p_greater: test.pGreater,
      ...(test.interval === null ? { no_interval: `${n} pairs are too few for level ${level}` } : {}),
    },
  };
  return { estimate, draws };
}
