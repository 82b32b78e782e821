import { durbinWatson, ljungBox } from '../ljung-box.ts';
import { gateResult, show, thresholdsOf } from './catalogue.ts';
import type { GateResult } from './types.ts';

export interface ResidualsInput {
  /** treated minus counterfactual (or one-step errors) before the treatment, in time order */
  residuals: Float64Array;
  /** the headline's interval rests on independent residuals: TBR, Bayesian structural time series, iid permutation */
  needsIndependence: boolean;
}

/** Methods whose intervals are hidden when residuals are autocorrelated. */
const NEED_INDEPENDENCE = ['tbr', 'bsts', 'conformal_iid'] as const;

/**
 * Gate 12: is each day's error independent of the last? When not, intervals that assume so are hidden and only block and placebo
 * methods are read; the grade suffers only where the headline itself needed it.
 */
export function residualsGate(input: ResidualsInput, changes?: Readonly<Record<string, number>>): GateResult {
  const threshold = thresholdsOf('residuals', changes);
  const test = ljungBox(input.residuals);
  if (test === null) {
    return gateResult('residuals', 'not_run', null, 'Too few residuals to look for autocorrelation.', {
      threshold,
      cap: input.needsIndependence ? 'C' : null,
    });
  }
  const durbin = durbinWatson(input.residuals);
  const passed =
    durbin > threshold.durbin_watson_low &&
    durbin < threshold.durbin_watson_high &&
    test.pValue >= threshold.ljung_box_p;
  return gateResult(
    'residuals',
    passed ? 'passed' : 'failed',
    durbin,
    passed
      ? `Errors before the test look independent (Durbin-Watson ${show(durbin)}).`
      : `Errors before the test are autocorrelated (Durbin-Watson ${show(durbin)}, Ljung-Box p = ${show(test.pValue)}): intervals of ${NEED_INDEPENDENCE.join(', ')} are hidden.`,
    {
      threshold,
      cap: passed || !input.needsIndependence ? null : 'C',
      details: { ljung_box: test, hidden: passed ? [] : NEED_INDEPENDENCE },
    },
  );
}
