/**
 * Benjamini-Hochberg adjusted p-values: rejecting those <= q keeps the expected share of false discoveries at q.
 *
 * @param pValues  any order, in [0, 1]
 * @returns        adjusted, same order
 * @see Benjamini & Hochberg (1995), Controlling the false discovery rate
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const n = pValues.length;
  const order = Array.from(pValues.keys()).sort((a, b) => pValues[b] - pValues[a] || b - a);
  const adjusted = new Array<number>(n);
  let least = 1;
  order.forEach((index, place) => {
    least = Math.min(least, (pValues[index] * n) / (n - place));
    adjusted[index] = least;
  });
  return adjusted;
}

/** One campaign's effect after shrinkage. */
export interface ShrunkenEffect {
  value: number;
  standardError: number;
  /** share of the raw effect that is kept, relative to the common mean */
  kept: number;
}

/**
 * Empirical-Bayes shrinkage: winners among many campaigns are partly lucky, so each is drawn towards the mean of all.
 *
 *     effect_i ~ N(true_i, se_i^2),  true_i ~ N(mean, tau^2),  kept_i = tau^2 / (tau^2 + se_i^2)
 *
 * tau^2 by the DerSimonian-Laird moment estimator (0 when the campaigns do not differ by more than their errors).
 *
 * @param effects  at least two for any shrinkage; one is returned as it came
 * @see Efron & Morris (1975), Data analysis using Stein's estimator; DerSimonian & Laird (1986)
 */
export function shrinkWinners(effects: readonly { value: number; standardError: number }[]): ShrunkenEffect[] {
  if (effects.length < 2) return effects.map((effect) => ({ ...effect, kept: 1 }));
  const weights = effects.map(({ standardError }) => 1 / standardError ** 2);
  const total = weights.reduce((sum, w) => sum + w, 0);
  const pooled = effects.reduce((sum, { value }, i) => sum + weights[i] * value, 0) / total;
  const q = effects.reduce((sum, { value }, i) => sum + weights[i] * (value - pooled) ** 2, 0);
  const scale = total - weights.reduce((sum, w) => sum + w * w, 0) / total;
  const between = Math.max(0, (q - (effects.length - 1)) / scale);
  const randomWeights = effects.map(({ standardError }) => 1 / (standardError ** 2 + between));
  const randomTotal = randomWeights.reduce((sum, w) => sum + w, 0);
  const mean = effects.reduce((sum, { value }, i) => sum + randomWeights[i] * value, 0) / randomTotal;
  return effects.map(({ value, standardError }) => {
    const kept = between / (between + standardError ** 2);
    const variance = kept * standardError ** 2 + (1 - kept) ** 2 / randomTotal;
    return { value: mean + kept * (value - mean), standardError: Math.sqrt(variance), kept };
  });
}
