import type { LiftResult } from './lift-result.ts';

/**
 * Effects that the in-space placebos of a reading showed, on the scale of its estimate.
 *
 *     studentised tests: effect_k / RMSPE_k * RMSPE of the treated (refined: of the treated on the donors of set k)
 *     placebo standard error of synthetic DiD: effect_k
 *
 * A placebo that fitted perfectly counts as extreme and is infinite.
 *
 * @param result  of `measureLift`
 * @param table   all of its `liftReplicates`
 * @returns       per treated unit and period; null when its inference made no test of placebos
 */
export function placeboReadings(result: LiftResult, table: Float64Array): Float64Array | null {
  const { inference, post_periods: post, pre_rmspe: own } = result.diagnostics as Record<string, unknown>;
  if (result.estimate.p_value === null || typeof post !== 'number' || table.length === 0) return null;
  const each = (width: number, read: (at: number) => number): Float64Array =>
    Float64Array.from({ length: table.length / width }, (_, k) => read(k * width));
  const scaled = (at: number, misfit: number): number =>
    table[at + 1] > 0 ? (table[at] / table[at + 1]) * misfit : Number.POSITIVE_INFINITY;
  switch (inference) {
    case 'placebo_refined':
      return each(2 * (2 + post), (at) => scaled(at, table[at + 2 + post + 1]));
    case 'placebo_studentised':
      return each(2 + post, (at) => scaled(at, own as number));
    case 'placebo':
      return each(1 + post, (at) => table[at]);
    default:
      return null;
  }
}
