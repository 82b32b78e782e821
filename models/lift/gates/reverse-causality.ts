import { upperF } from '../../numeric/distribution.ts';
import { nestedF } from '../least-squares.ts';
import { gateResult, show, thresholdsOf } from './catalogue.ts';
import type { GateResult } from './types.ts';

export interface ReverseCausalityInput {
  units: number;
  periods: number;
  /** units x periods, row-major, finite */
  sales: Float64Array;
  /** units x periods, row-major, finite */
  engagement: Float64Array;
}

/**
 * Gate 10: does engagement follow sales rather than lead them? Engagement of the next periods must not predict today's sales
 * once the histories of both are known.
 *
 * Regression within units and periods: sales[t] on sales and engagement of the `leads` periods before, engagement of t, and
 * engagement of t + 1 .. t + leads; F test of the leads. Both orderings are reported.
 */
export function reverseCausalityGate(
  input: ReverseCausalityInput,
  changes?: Readonly<Record<string, number>>,
): GateResult {
  const threshold = thresholdsOf('reverse_causality', changes);
  const { leads } = threshold;
  const shift = (values: Float64Array, by: number): Float64Array => within(input, values, by, leads);
  const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const inner = input.periods - 2 * leads;
  if (inner < 3 * leads) {
    return gateResult(
      'reverse_causality',
      'not_run',
      null,
      'Too few periods to see which of engagement and sales comes first.',
      {
        threshold,
      },
    );
  }
  const lost = input.units + (input.units > 1 ? inner - 1 : 0);
  const sales = range(-leads, -1).map((by) => shift(input.sales, by));
  const before = range(-leads, -1).map((by) => shift(input.engagement, by));
  const now = shift(input.engagement, 0);
  const ahead = range(1, leads).map((by) => shift(input.engagement, by));
  const p = (kept: Float64Array[], tested: Float64Array[], y: Float64Array): number | null => {
    const f = nestedF(kept, tested, y, lost);
    return f === null ? null : upperF(f.statistic, f.numerator, f.denominator);
  };
  const leadsP = p([...sales, ...before, now], ahead, shift(input.sales, 0));
  const engagementFirst = p(sales, before, shift(input.sales, 0));
  const salesFirst = p(before, sales, now);
  const details = { engagement_first_p: engagementFirst, sales_first_p: salesFirst };
  if (leadsP === null) {
    return gateResult(
      'reverse_causality',
      'not_run',
      null,
      'Engagement or sales move too little to see which comes first.',
      {
        threshold,
        details,
      },
    );
  }
  const passed = leadsP > threshold.p;
  return gateResult(
    'reverse_causality',
    passed ? 'passed' : 'failed',
    leadsP,
    passed
      ? `Engagement of later periods does not predict sales (p = ${show(leadsP)}).`
      : `Engagement of later periods "predicts" sales (p = ${show(leadsP)}): sales may be moving engagement.`,
    { threshold, details },
  );
}

/** A series moved by some periods, cut to the periods where all moves exist, with unit and period means removed. */
function within(
  { units, periods }: ReverseCausalityInput,
  values: Float64Array,
  by: number,
  margin: number,
): Float64Array {
  const inner = periods - 2 * margin;
  const out = new Float64Array(units * inner);
  for (let u = 0; u < units; u++) {
    for (let t = 0; t < inner; t++) out[u * inner + t] = values[u * periods + t + margin + by];
  }
  const removeMeans = (count: number, length: number, at: (i: number, j: number) => number): void => {
    for (let i = 0; i < count; i++) {
      let mean = 0;
      for (let j = 0; j < length; j++) mean += out[at(i, j)] / length;
      for (let j = 0; j < length; j++) out[at(i, j)] -= mean;
    }
  };
  removeMeans(units, inner, (u, t) => u * inner + t);
  if (units > 1) removeMeans(inner, units, (t, u) => u * inner + t);
  return out;
}
