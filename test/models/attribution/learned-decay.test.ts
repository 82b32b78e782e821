import { describe, expect, it } from 'vitest';
import { conversionProbability, fitLearnedDecay } from '../../../models/attribution/learned-decay.ts';
import { journeyKeys, type TimedJourneys, timeDecayCredit } from '../../../models/attribution/timed-journeys.ts';
import { random } from '../../../models/numeric/random.ts';

const STRENGTH = [0.3, 0.12, 0.04];
const HALF_LIFE = [1, 6, 20];

/** Touches over 60 days; each sets off Poisson(strength) conversions after exponential delays, and the first one counts. */
function simulate(seed: number, count: number): { journeys: TimedJourneys; setOffBy: Float64Array } {
  const { uniform, exponential, poisson, integer } = random(seed, 'decay');
  const offsets = [0];
  const channel: number[] = [];
  const ageDays: number[] = [];
  const converted: number[] = [];
  const setOffBy = new Float64Array(3);
  for (let i = 0; i < count; i++) {
    const touches = Array.from({ length: 1 + poisson(2) }, () => ({ at: 60 * uniform(), c: integer(3) })).sort(
      (a, b) => a.at - b.at,
    );
    let end = 60;
    let cause = -1;
    for (const { at, c } of touches) {
      for (let k = poisson(STRENGTH[c]); k > 0; k--) {
        const when = at + (exponential() * HALF_LIFE[c]) / Math.LN2;
        if (when < end) {
          end = when;
          cause = c;
        }
      }
    }
    if (cause >= 0) setOffBy[cause]++;
    for (const { at, c } of touches) {
      if (at >= end) continue;
      channel.push(c);
      ageDays.push(end - at);
    }
    offsets.push(channel.length);
    converted.push(cause >= 0 ? 1 : 0);
  }
  return {
    journeys: {
      channels: ['fast', 'middling', 'slow'],
      offsets: Uint32Array.from(offsets),
      channel: Uint32Array.from(channel),
      ageDays: Float64Array.from(ageDays),
      converted: Uint8Array.from(converted),
      revenue: Float64Array.from(converted, (flag) => flag * 10),
    },
    setOffBy,
  };
}

const one = (channel: number[], ageDays: number[], converted = 1): TimedJourneys => ({
  channels: ['a', 'b'],
  offsets: Uint32Array.of(0, channel.length),
  channel: Uint32Array.from(channel),
  ageDays: Float64Array.from(ageDays),
  converted: Uint8Array.of(converted),
  revenue: Float64Array.of(converted * 10),
});

describe('timeDecayCredit', () => {
  // PostHog test_attribution_table_query_runner.py: 3, 2, 1 days before, half-life 1 day
  it('credits 1/7, 2/7, 4/7 as published', () => {
    const out = timeDecayCredit(one([0, 1, 0], [3, 2, 1]), 1);
    expect(out.conversions[0]).toBeCloseTo(5 / 7, 12);
    expect(out.revenue[1]).toBeCloseTo(20 / 7, 12);
  });

  it('keeps untouched conversions apart and counts journeys by their weight', () => {
    const out = timeDecayCredit(one([], []), 7);
    expect(out.unattributed).toEqual({ conversions: 1, revenue: 10 });
    expect([...timeDecayCredit(one([0], [3]), 7, Float64Array.of(3)).conversions]).toEqual([3, 0]);
  });
});

describe('fitLearnedDecay', () => {
  it('recovers strengths and half-lives from simulated journeys, and the credit they earned', () => {
    const { journeys, setOffBy } = simulate(1, 20_000);
    const fit = fitLearnedDecay(journeys);
    expect(fit.converged).toBe(true);
    STRENGTH.forEach((truth, c) => {
      const earned = setOffBy[c];
      // a count of conversions is known to its root; a half-life is estimated about as well, less what overlap costs
      expect(Math.abs(fit.strength[c] / truth - 1)).toBeLessThan(6 / Math.sqrt(earned));
      expect(Math.abs(fit.halfLifeDays[c] / HALF_LIFE[c] - 1)).toBeLessThan(8 / Math.sqrt(earned));
      expect(Math.abs(fit.credit.conversions[c] - earned)).toBeLessThan(5 * Math.sqrt(earned));
      expect(fit.credit.revenue[c]).toBeCloseTo(10 * fit.credit.conversions[c], 8);
    });
    expect(fit.credit.diagnostics.at_bound).toEqual([]);
  });

  it('never lowers the log-likelihood', () => {
    for (const seed of [2, 3, 4]) {
      const { logLikelihood } = fitLearnedDecay(simulate(seed, 800).journeys, { tolerance: 0, maxIterations: 80 });
      for (let i = 1; i < logLikelihood.length; i++) {
        expect(logLikelihood[i]).toBeGreaterThanOrEqual(logLikelihood[i - 1] - 1e-9);
      }
    }
  });

  it('stands where the likelihood is flat: a slow reference climbs no higher', () => {
    const { journeys } = simulate(5, 1500);
    const fit = fitLearnedDecay(journeys, { tolerance: 1e-13, maxIterations: 3000 });
    const likelihood = (strength: Float64Array, halfLife: Float64Array): number => {
      let total = 0;
      for (let i = 0; i < journeys.converted.length; i++) {
        let hazard = 0;
        let now = 0;
        for (let t = journeys.offsets[i]; t < journeys.offsets[i + 1]; t++) {
          const c = journeys.channel[t];
          const omega = Math.LN2 / halfLife[c];
          hazard += strength[c] * (1 - Math.exp(-omega * journeys.ageDays[t]));
          now += strength[c] * omega * Math.exp(-omega * journeys.ageDays[t]);
        }
        total += (journeys.converted[i] === 1 ? Math.log(now) : 0) - hazard;
      }
      return total;
    };
    const top = likelihood(fit.strength, fit.halfLifeDays);
    expect(top).toBeCloseTo(fit.logLikelihood[fit.logLikelihood.length - 1], 6);
    for (let c = 0; c < 3; c++) {
      for (const factor of [0.97, 1.03]) {
        const nudged = (values: Float64Array) => values.map((v, k) => (k === c ? v * factor : v));
        expect(likelihood(nudged(fit.strength), fit.halfLifeDays)).toBeLessThan(top);
        expect(likelihood(fit.strength, nudged(fit.halfLifeDays))).toBeLessThan(top);
      }
    }
  });

  it('learns from journeys that did not convert', () => {
    const { journeys } = simulate(6, 3000);
    const converting = journeys.converted.map((flag, i) => flag * (i + 1)).filter((i) => i > 0);
    expect(converting.length).toBeGreaterThan(100);
    const weights = Float64Array.from(journeys.converted);
    const censored = fitLearnedDecay(journeys);
    const convertersOnly = fitLearnedDecay(journeys, { weights });
    expect(convertersOnly.strength[2]).toBeGreaterThan(2 * censored.strength[2]);
  });

  it('counts a journey of weight two as two journeys', () => {
    const { journeys } = simulate(7, 400);
    const weighted = fitLearnedDecay(journeys, { weights: new Float64Array(400).fill(2) });
    const plain = fitLearnedDecay(journeys);
    plain.halfLifeDays.forEach((h, c) => {
      expect(weighted.halfLifeDays[c]).toBeCloseTo(h, 6);
      expect(weighted.credit.conversions[c]).toBeCloseTo(2 * plain.credit.conversions[c], 6);
    });
  });

  it('adds up to the conversions and says when a half-life lies beyond what was allowed', () => {
    const { journeys } = simulate(8, 1500);
    const fit = fitLearnedDecay(journeys, { halfLifeDays: { min: 0.5, max: 8 } });
    const total = fit.credit.conversions.reduce((a, b) => a + b, 0);
    expect(total).toBeCloseTo(
      journeys.converted.reduce((a, b) => a + b, 0),
      8,
    );
    expect(fit.credit.diagnostics.at_bound).toEqual(['slow']);
  });

  it('predicts how many journeys convert', () => {
    const { journeys } = simulate(9, 5000);
    const fit = fitLearnedDecay(journeys);
    const a = conversionProbability(fit, Uint32Array.of(0), Float64Array.of(1));
    const b = conversionProbability(fit, Uint32Array.of(0, 0), Float64Array.of(1, 1));
    expect(b).toBeCloseTo(1 - (1 - a) ** 2, 12);
    expect(conversionProbability(fit, Uint32Array.of(0), Float64Array.of(1e6))).toBeCloseTo(
      1 - Math.exp(-fit.strength[0]),
      12,
    );
    // half of what a touch sets off has come after one half-life
    const half = -Math.log1p(-conversionProbability(fit, Uint32Array.of(1), Float64Array.of(fit.halfLifeDays[1])));
    expect(half).toBeCloseTo(fit.strength[1] / 2, 10);
  });

  it('has an answer for touches at the very instant, for one journey and for a channel nobody converts after', () => {
    const instant = fitLearnedDecay(one([0, 0], [0, 0]));
    expect([...instant.credit.conversions]).toEqual([1, 0]);
    const old = fitLearnedDecay(one([0, 1], [5000, 4000]));
    expect(old.credit.conversions[0] + old.credit.conversions[1]).toBeCloseTo(1, 12);
    expect(fitLearnedDecay(one([], [])).credit.unattributed.conversions).toBe(1);
  });

  it('refuses what it cannot learn from', () => {
    expect(() => fitLearnedDecay(one([0], [1], 0))).toThrow(/none of the 1 journeys converts/);
    expect(() => fitLearnedDecay(one([0], [-1]))).toThrow(/age is -1 days/);
    expect(() => fitLearnedDecay(one([0], [1]), { halfLifeDays: { min: 2, max: 1 } })).toThrow(/0 < min < max/);
  });
});

it('journeyKeys tell journeys apart by channel, age and outcome', () => {
  const key = (j: TimedJourneys) => journeyKeys(j).join();
  const base = key(one([0, 1], [3, 2]));
  expect(key(one([0, 1], [3, 2]))).toBe(base);
  for (const other of [one([1, 0], [3, 2]), one([0, 1], [3, 2.5]), one([0, 1], [3, 2], 0)])
    expect(key(other)).not.toBe(base);
});
