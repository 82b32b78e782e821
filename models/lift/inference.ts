/** A pair of bounds; null is a side without a bound. */
export interface Bounds {
  lo: number | null;
  hi: number | null;
}

/**
 * What a method of inference says about one effect. The p-value and the interval come from the same test: p < 1 - level exactly when
 * the interval excludes 0.
 */
export interface Inference {
  method: string;
  /** null where the method gives none */
  standardError: number | null;
  /** bounds of the mean effect; null when none can be given, and `diagnostics` then says why */
  interval: Bounds | null;
  /** two-sided; null together with `interval` */
  pValue: number | null;
  level: number;
  /** bounds of the effect of each post-period, at `level` for one period; null where the method gives none */
  bands: readonly Bounds[] | null;
  diagnostics: Record<string, unknown>;
}

/** Inference that could not be made, and why. */
export function noInference(method: string, level: number, reason: string): Inference {
  return { method, standardError: null, interval: null, pValue: null, level, bands: null, diagnostics: { reason } };
}

/** Whether 0 lies outside the bounds. */
export function excludesZero({ lo, hi }: Bounds): boolean {
  return (lo !== null && lo > 0) || (hi !== null && hi < 0);
}
