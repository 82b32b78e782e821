import { describe, expect, test } from 'vitest';
import { assignmentGate } from '../../../../models/lift/gates/assignment.ts';
import { blockConformalGate } from '../../../../models/lift/gates/block-conformal.ts';
import { calendarGate } from '../../../../models/lift/gates/calendar.ts';
import { calibrationGate } from '../../../../models/lift/gates/calibration.ts';
import { convexHullGate } from '../../../../models/lift/gates/convex-hull.ts';
import { dataGate } from '../../../../models/lift/gates/data.ts';
import { doseResponseGate, jonckheere } from '../../../../models/lift/gates/dose-response.ts';
import { leaveOneOutGate } from '../../../../models/lift/gates/leave-one-out.ts';
import { multiplicityGate } from '../../../../models/lift/gates/multiplicity.ts';
import { multiverseGate } from '../../../../models/lift/gates/multiverse.ts';
import { negativeControlsGate } from '../../../../models/lift/gates/negative-controls.ts';
import { persistenceGate } from '../../../../models/lift/gates/persistence.ts';
import { placeboSpaceGate } from '../../../../models/lift/gates/placebo-space.ts';
import { placeboTimeGate } from '../../../../models/lift/gates/placebo-time.ts';
import { powerGate } from '../../../../models/lift/gates/power.ts';
import { preFitGate } from '../../../../models/lift/gates/pre-fit.ts';
import { breakdownMultiple, preTrendGate } from '../../../../models/lift/gates/pre-trend.ts';
import { recoveryGate } from '../../../../models/lift/gates/recovery.ts';
import { residualsGate } from '../../../../models/lift/gates/residuals.ts';
import { reverseCausalityGate } from '../../../../models/lift/gates/reverse-causality.ts';
import { spilloverGate } from '../../../../models/lift/gates/spillover.ts';
import type { GateResult } from '../../../../models/lift/gates/types.ts';
import {
  erasingStrength,
  robustnessValue,
  unobservedConfounderGate,
} from '../../../../models/lift/gates/unobserved-confounder.ts';
import { sampleRatio } from '../../../../models/lift/sample-ratio.ts';
import { random } from '../../../../models/numeric/random.ts';
import { makePanel, plainDid } from './panels.ts';

const noise = (seed: number, n: number, rho = 0): Float64Array => {
  const rng = random(seed, 'gate noise');
  const out = new Float64Array(n);
  for (let t = 0; t < n; t++) out[t] = (t > 0 ? rho * out[t - 1] : 0) + rng.normal();
  return out;
};
const verdict = ({ verdict, cap }: GateResult): [string, string | null] => [verdict, cap];

describe('1 data', () => {
  test('passes a complete panel and keeps its thresholds', () => {
    const result = dataGate(makePanel(1));
    expect(verdict(result)).toEqual(['passed', null]);
    expect(result.threshold).toMatchObject({ pre_periods: 25, donors: 10, pre_per_test_period: 4 });
    expect(dataGate({ arms: [100, 120] }).verdict).toBe('passed');
  });
  test('fails gaps, flat units, short histories and few donors, and names them', () => {
    const { panel, treatment } = makePanel(1, { units: 6, periods: 30, start: 20 });
    panel.outcome[7] = Number.NaN;
    panel.outcome.fill(5, 30, 60);
    const result = dataGate({ panel, treatment });
    expect(verdict(result)).toEqual(['failed', 'C']);
    expect(result.details.problems).toHaveLength(5);
    expect(result.sentence).toContain('u1 never change');
    expect(dataGate({ arms: [1, 100] }).verdict).toBe('failed');
  });
});

describe('2 assignment', () => {
  const observed = { kind: 'observed' as const, start: 60, loggedStart: 60, launchedBecauseOutcomeMoved: false };
  test('passes a randomised, logged test and a campaign that started on schedule', () => {
    const input = { kind: 'randomised' as const, loggedBefore: true, registeredBefore: true };
    expect(assignmentGate({ ...input, sampleRatio: sampleRatio([500, 510], [1, 1]) }).verdict).toBe('passed');
    expect(assignmentGate({ ...observed, preGap: noise(1, 60) }).verdict).toBe('passed');
  });
  test('fails a launch that followed a jump, a start taken from the peak, and a late log', () => {
    const jumped = noise(1, 60).map((e, t) => e + (t >= 57 ? 8 : 0));
    expect(verdict(assignmentGate({ ...observed, preGap: jumped }))).toEqual(['failed', 'C']);
    expect(assignmentGate({ ...observed, loggedStart: 55, preGap: noise(1, 60) }).verdict).toBe('failed');
    const late = { kind: 'randomised' as const, loggedBefore: false, registeredBefore: true, sampleRatio: null };
    expect(verdict(assignmentGate(late))).toEqual(['failed', 'C']);
  });
  test('arms of the wrong size leave nothing to read', () => {
    const input = { kind: 'randomised' as const, loggedBefore: true, registeredBefore: true };
    expect(verdict(assignmentGate({ ...input, sampleRatio: sampleRatio([5000, 5400], [1, 1]) }))).toEqual([
      'failed',
      'X',
    ]);
  });
  test('does not run on a handful of periods, and errs rarely on quiet ones', () => {
    expect(assignmentGate({ ...observed, preGap: noise(1, 10) }).verdict).toBe('not_run');
    let failed = 0;
    for (let s = 1; s <= 300; s++)
      failed += Number(assignmentGate({ ...observed, preGap: noise(s, 60) }).verdict === 'failed');
    expect(failed / 300).toBeLessThan(0.05);
  });
});

describe('3 pre-fit', () => {
  const weights = new Float64Array(10).fill(0.1);
  test('passes a close fit', () => {
    const preGap = noise(1, 50);
    expect(preFitGate({ preGap, uniformPreGap: preGap.map((e) => 4 * e), preMean: 100, weights }).verdict).toBe(
      'passed',
    );
  });
  test('fails a loose one, a perfect one, and one spread over more donors than periods', () => {
    const preGap = noise(1, 50);
    const uniformPreGap = preGap.map((e) => 1.2 * e);
    expect(verdict(preFitGate({ preGap, uniformPreGap, preMean: 100, weights }))).toEqual(['failed', 'C']);
    const perfect = preGap.map((e) => e / 1000);
    expect(preFitGate({ preGap: perfect, uniformPreGap, preMean: 100, weights }).sentence).toContain(
      'suspiciously perfect',
    );
    const wide = new Float64Array(60).fill(1 / 60);
    expect(preFitGate({ preGap, uniformPreGap: preGap.map((e) => 4 * e), preMean: 100, weights: wide }).verdict).toBe(
      'failed',
    );
    expect(preFitGate({ preGap, uniformPreGap: preGap.map((e) => 4 * e), preMean: 5, weights }).verdict).toBe('failed');
  });
});

describe('4 convex hull', () => {
  const donors = Float64Array.of(0, 2, 4, 6, 10, 8, 6, 4);
  test('passes a path between the donors, whatever its level', () => {
    expect(convexHullGate({ treated: Float64Array.of(100, 101, 101, 102), donors })).toMatchObject({
      verdict: 'passed',
      value: 1,
    });
  });
  test('fails a path that swings further than any donor', () => {
    const result = convexHullGate({ treated: Float64Array.of(90, 101, 101, 112), donors });
    expect(result).toMatchObject({ verdict: 'failed', value: 0.5, cap: 'C' });
  });
});

describe('5 placebo in time', () => {
  test('passes a real effect over quiet earlier windows', () => {
    const input = makePanel(2, { effect: 6 });
    const effect = plainDid(input.panel, input.treatment).value;
    const result = placeboTimeGate({ ...input, estimate: plainDid, effect });
    expect(result.verdict).toBe('passed');
    expect(result.details.placebos).toHaveLength(3);
  });
  test('an earlier window as large as the effect refutes it', () => {
    const input = makePanel(2);
    const effect = plainDid(input.panel, input.treatment).value;
    expect(verdict(placeboTimeGate({ ...input, estimate: plainDid, effect }))).toEqual(['failed', 'X']);
  });
  test('a significant earlier window speaks against the method even when the effect is larger', () => {
    const input = makePanel(2, { effect: 30 });
    for (let u = 0; u < 2; u++) for (let t = 30; t < 40; t++) input.panel.outcome[u * 60 + t] += 10;
    const effect = plainDid(input.panel, input.treatment).value;
    expect(verdict(placeboTimeGate({ ...input, estimate: plainDid, effect }))).toEqual(['failed', 'C']);
  });
  test('with fewer than three windows it is not run, never passed', () => {
    const input = makePanel(2, { effect: 6, start: 30 });
    expect(verdict(placeboTimeGate({ ...input, estimate: plainDid, effect: 6 }))).toEqual(['not_run', 'C']);
  });
});

describe('6 placebo in space and 7 block conformal', () => {
  test('pass small p-values of equal sign', () => {
    expect(placeboSpaceGate({ pValue: 0.03, placebos: 99 }).verdict).toBe('passed');
    expect(
      blockConformalGate({ pValue: 0.02, interval: { lo: 1, hi: 3 }, effect: 2, placeboEffect: 2.2 }).verdict,
    ).toBe('passed');
  });
  test('fail large p-values, empty sets and opposite signs', () => {
    expect(verdict(placeboSpaceGate({ pValue: 0.3, placebos: 99 }))).toEqual(['failed', 'C']);
    expect(placeboSpaceGate({ pValue: 0.2, placebos: 4 }).verdict).toBe('not_run');
    const good = { pValue: 0.02, interval: { lo: 1, hi: 3 }, effect: 2, placeboEffect: 2 };
    expect(blockConformalGate({ ...good, pValue: 0.2 }).verdict).toBe('failed');
    expect(blockConformalGate({ ...good, interval: null }).verdict).toBe('failed');
    expect(blockConformalGate({ ...good, placeboEffect: -1 }).verdict).toBe('failed');
  });
});

describe('8 leave one out', () => {
  const weights = Object.fromEntries(Array.from({ length: 13 }, (_, i) => [`u${i + 2}`, 1 / 13]));
  test('passes an effect that all treated units share', () => {
    const input = makePanel(3, { effect: 6 });
    const effect = plainDid(input.panel, input.treatment).value;
    const result = leaveOneOutGate({ ...input, estimate: plainDid, effect, weights });
    expect(result.verdict).toBe('passed');
    expect(result.details.runs).toHaveLength(15);
  });
  test('fails an effect that hangs on one donor, and names it', () => {
    const input = makePanel(3);
    for (let t = 50; t < 60; t++) input.panel.outcome[5 * 60 + t] -= 60;
    const effect = plainDid(input.panel, input.treatment).value;
    const result = leaveOneOutGate({ ...input, estimate: plainDid, effect, weights });
    expect(verdict(result)).toEqual(['failed', 'C']);
    expect(result.sentence).toContain('u5');
  });
  test('a claim of no useful effect must keep within its margin without any one unit', () => {
    const input = makePanel(3);
    const run = (margin: number) => leaveOneOutGate({ ...input, estimate: plainDid, effect: 0.1, weights, margin });
    expect(run(5).verdict).toBe('passed');
    expect(verdict(run(0.01))).toEqual(['failed', 'C']);
    expect(run(5).threshold.margin).toBe(5);
  });
  test('does not run when no unit carries weight', () => {
    const input = makePanel(3, { treated: 1 });
    expect(leaveOneOutGate({ ...input, estimate: plainDid, effect: 1, weights: {} }).verdict).toBe('not_run');
  });
});

describe('9 multiverse', () => {
  const estimates = (...values: number[]) => values.map((value, i) => ({ method: `m${i}`, value }));
  test('passes five of six of the same sign and reports their range beside the headline', () => {
    const result = multiverseGate({ primary: 4, estimates: estimates(4, 5, 3, 6, 2, -1) });
    expect(result.verdict).toBe('passed');
    expect(result.details.spread).toEqual({ min: -1, median: 3.5, max: 6 });
  });
  test('fails four of six, and does not run on three', () => {
    expect(verdict(multiverseGate({ primary: 4, estimates: estimates(4, 5, 3, 6, -2, -1) }))).toEqual(['failed', 'C']);
    expect(multiverseGate({ primary: 4, estimates: estimates(4, 5, 3) }).verdict).toBe('not_run');
    const small = estimates(0.4, -0.5, 0.3, -0.6);
    expect(multiverseGate({ primary: 0.4, estimates: small, margin: 1 }).verdict).toBe('passed');
    expect(multiverseGate({ primary: 0.4, estimates: small, margin: 0.45 }).verdict).toBe('failed');
  });
});

describe('10 reverse causality', () => {
  const market = (seed: number, direction: 'engagement first' | 'sales first') => {
    const rng = random(seed, direction);
    const [units, periods] = [8, 80];
    const sales = new Float64Array(units * periods);
    const engagement = new Float64Array(units * periods);
    for (let u = 0; u < units; u++) {
      for (let t = 0; t < periods; t++) {
        const at = u * periods + t;
        const past = t > 0 ? at - 1 : at;
        if (direction === 'engagement first') {
          engagement[at] = 0.5 * engagement[past] + rng.normal();
          sales[at] = 0.4 * sales[past] + 0.8 * engagement[past] + rng.normal();
        } else {
          sales[at] = 0.4 * sales[past] + rng.normal();
          engagement[at] = 0.5 * engagement[past] + 0.8 * sales[past] + rng.normal();
        }
      }
    }
    return { units, periods, sales, engagement };
  };
  test('passes engagement that leads sales, at its level', () => {
    let passed = 0;
    for (let s = 1; s <= 100; s++)
      passed += Number(reverseCausalityGate(market(s, 'engagement first')).verdict === 'passed');
    expect(passed).toBeGreaterThanOrEqual(82);
    expect(passed).toBeLessThanOrEqual(98);
  });
  test('fails engagement that follows sales, and reports both orderings', () => {
    const result = reverseCausalityGate(market(1, 'sales first'));
    expect(verdict(result)).toEqual(['failed', 'C']);
    expect(result.details.sales_first_p).toBeLessThan(0.001);
    expect(result.details.engagement_first_p).toBeGreaterThan(0.01);
  });
  test('does not run on short or still series', () => {
    const still = market(1, 'sales first');
    expect(reverseCausalityGate({ ...still, engagement: new Float64Array(640).fill(2) }).verdict).toBe('not_run');
    const values = noise(1, 15);
    expect(reverseCausalityGate({ units: 1, periods: 15, sales: values, engagement: values }).verdict).toBe('not_run');
  });
});

describe('11 pre-trend', () => {
  const input = { waldP: 0.6, effect: 5, standardError: 1, leads: [0.5, -0.5, 0.2, 0], postPeriods: 3 };
  test('passes parallel paths with room to part', () => {
    // room 5 - 1.645, largest step 1, mean bias per M = 1 * (3 + 1) / 2
    expect(breakdownMultiple(input)).toBeCloseTo((5 - 1.6448536) / 2, 6);
    expect(preTrendGate(input).verdict).toBe('passed');
  });
  test('fails paths that already parted, or results that a like departure would undo', () => {
    expect(verdict(preTrendGate({ ...input, waldP: 0.02 }))).toEqual(['failed', 'C']);
    expect(preTrendGate({ ...input, leads: [3, -3, 0] }).verdict).toBe('failed');
    expect(breakdownMultiple({ ...input, effect: 1 })).toBe(0);
  });
});

describe('12 residuals', () => {
  test('passes independent errors', () => {
    expect(residualsGate({ residuals: noise(3, 80), needsIndependence: true }).verdict).toBe('passed');
  });
  test('autocorrelated errors hide iid intervals, and cost a rung only where the headline needs independence', () => {
    const residuals = noise(3, 80, 0.7);
    expect(verdict(residualsGate({ residuals, needsIndependence: true }))).toEqual(['failed', 'C']);
    const placebo = residualsGate({ residuals, needsIndependence: false });
    expect(verdict(placebo)).toEqual(['failed', null]);
    expect(placebo.details.hidden).toContain('tbr');
    expect(residualsGate({ residuals: noise(1, 5), needsIndependence: true }).verdict).toBe('not_run');
  });
});

describe('13 negative controls', () => {
  test('passes still outcomes, fails one that moved, does not run on none', () => {
    const control = (name: string, pValue: number) => ({ name, pValue });
    expect(
      negativeControlsGate({ controls: [control('gift cards', 0.4), control('careers page', 0.08)] }).verdict,
    ).toBe('passed');
    const result = negativeControlsGate({ controls: [control('gift cards', 0.4), control('careers page', 0.01)] });
    expect(verdict(result)).toEqual(['failed', 'C']);
    expect(result.sentence).toContain('careers page');
    expect(negativeControlsGate({ controls: [] }).verdict).toBe('not_run');
  });
});

describe('14 dose-response', () => {
  const dose = Float64Array.of(1, 1, 2, 2, 3, 3, 4, 4);
  test('passes a rising dose; z by hand', () => {
    const effect = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    // all 24 pairs of different dose concordant: J = 24, mean 12, variance (8*7*21 - 4*2*1*9) / 72 = 46/3
    expect(jonckheere(dose, effect)).toBeCloseTo(12 / Math.sqrt(46 / 3), 10);
    expect(doseResponseGate({ dose, effect, sign: 1 }).verdict).toBe('passed');
    expect(doseResponseGate({ dose, effect: effect.map((e) => -e), sign: -1 }).verdict).toBe('passed');
  });
  test('a flat dose is a warning that costs nothing, a falling one costs a rung', () => {
    const flat = doseResponseGate({ dose, effect: Float64Array.of(3, 5, 4, 4, 5, 3, 4, 4), sign: 1 });
    expect(verdict(flat)).toEqual(['failed', null]);
    expect(flat.details.warning).toBe(true);
    const falling = doseResponseGate({ dose, effect: Float64Array.of(8, 7, 6, 5, 4, 3, 2, 1), sign: 1 });
    expect(verdict(falling)).toEqual(['failed', 'C']);
    expect(doseResponseGate({ dose: new Float64Array(8).fill(2), effect: dose, sign: 1 }).verdict).toBe('not_run');
  });
});

describe('15 calendar', () => {
  const event = { name: 'Black Friday mail', kind: 'e-mail', includedInModel: false };
  test('passes an empty calendar, events in the model, and effects that stay without the days', () => {
    expect(calendarGate({ events: [], effect: 5, effectWithout: null }).verdict).toBe('passed');
    expect(
      calendarGate({ events: [{ ...event, includedInModel: true }], effect: 5, effectWithout: null }).verdict,
    ).toBe('passed');
    expect(calendarGate({ events: [event], effect: 5, effectWithout: 4 }).verdict).toBe('passed');
  });
  test('fails an effect that hangs on those days, does not run unmeasured', () => {
    expect(verdict(calendarGate({ events: [event], effect: 5, effectWithout: 1 }))).toEqual(['failed', 'C']);
    expect(calendarGate({ events: [event], effect: 5, effectWithout: null }).verdict).toBe('not_run');
  });
});

describe('16 unobserved confounder', () => {
  test('robustness value of the Darfur study (Cinelli & Hazlett 2020: t 4.18, 783 df, RV 13.9 %)', () => {
    expect(robustnessValue(4.18445, 783)).toBeCloseTo(0.13878, 4);
  });
  test('bounds of the Darfur study: a confounder as strong as "female" leaves 0.0752 of 0.0973 (Cinelli & Hazlett 2020)', () => {
    // partial R2 of female: 0.00908 with treatment, 0.10903 with outcome; twice as strong leaves 0.0529, three times 0.0304
    const covariate = { withTreatment: 0.00908, withOutcome: 0.10903 };
    const strength = erasingStrength(4.18445, 783, covariate);
    expect(strength).toBeGreaterThan(4);
    expect(strength).toBeLessThan(4.6);
  });
  const input = { effect: 5, standardError: 1, degrees: 100 };
  test('passes an effect that outweighs the strongest covariate, fails one that does not', () => {
    const covariate = (withTreatment: number, withOutcome: number) => ({
      name: 'paid spend',
      withTreatment,
      withOutcome,
    });
    expect(unobservedConfounderGate({ ...input, covariates: [covariate(0.02, 0.1)] }).verdict).toBe('passed');
    const weak = unobservedConfounderGate({ ...input, covariates: [covariate(0.3, 0.5), covariate(0.02, 0.1)] });
    expect(verdict(weak)).toEqual(['failed', 'C']);
    expect(weak.sentence).toContain('paid spend');
    expect(unobservedConfounderGate({ ...input, covariates: [] }).verdict).toBe('not_run');
  });
});

describe('17 spillover and 18 persistence', () => {
  test('pass small changes and sales that stay', () => {
    const input = { effect: 5, standardError: 1, neighbours: ['Lyon'] };
    expect(spilloverGate({ ...input, effectWithoutNeighbours: 4.5 }).verdict).toBe('passed');
    expect(persistenceGate({ during: 100, after: -20, channels: { all: 90, own: 100 } })).toMatchObject({
      verdict: 'passed',
      value: 0.8,
    });
  });
  test('fail leaks, pull-forward and channel shift', () => {
    const input = { effect: 5, standardError: 1, neighbours: ['Lyon'] };
    expect(verdict(spilloverGate({ ...input, effectWithoutNeighbours: 7 }))).toEqual(['failed', 'C']);
    expect(persistenceGate({ during: 100, after: -80, channels: null })).toMatchObject({
      verdict: 'failed',
      value: 0.2,
    });
    expect(persistenceGate({ during: 100, after: 0, channels: { all: 30, own: 100 } }).verdict).toBe('failed');
    expect(persistenceGate({ during: 100, after: null, channels: null }).verdict).toBe('not_run');
  });
});

describe('19 calibration', () => {
  test('passes a test that keeps its level on 200 assignments', () => {
    const rng = random(1);
    const pValues = Float64Array.from({ length: 200 }, () => rng.uniform());
    expect(calibrationGate({ pValues })).toMatchObject({ verdict: 'passed', details: { rescale: 1 } });
  });
  test('fails a test that cries wolf, and says how much wider its intervals must be', () => {
    const rng = random(1);
    const pValues = Float64Array.from({ length: 400 }, () => {
      const z = 1.6 * rng.normal();
      return Math.min(1, 2 * (1 - normalBelow(Math.abs(z))));
    });
    const result = calibrationGate({ pValues });
    expect(verdict(result)).toEqual(['failed', 'C']);
    expect(result.details.rescale).toBeCloseTo(1.6, 0);
    expect(calibrationGate({ pValues: pValues.slice(0, 50) }).verdict).toBe('not_run');
  });
});

function normalBelow(z: number): number {
  // Abramowitz & Stegun 26.2.17
  const t = 1 / (1 + 0.2316419 * z);
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
}

describe('20 recovery', () => {
  const runs = (n: number, hits: number) =>
    Array.from({ length: n }, (_, i) => (i < hits ? { lo: 1, hi: 3 } : { lo: 3, hi: 4 }));
  test('passes nine of ten, fails three of four, counts a missing interval as missed', () => {
    expect(recoveryGate({ planted: 2, intervals: runs(60, 54) }).verdict).toBe('passed');
    expect(verdict(recoveryGate({ planted: 2, intervals: runs(60, 45) }))).toEqual(['failed', 'C']);
    expect(recoveryGate({ planted: 2, intervals: [...runs(45, 45), ...Array(15).fill(null)] }).verdict).toBe('failed');
    expect(recoveryGate({ planted: 2, intervals: runs(10, 10) }).verdict).toBe('not_run');
  });
});

describe('21 multiplicity and 22 power', () => {
  test('pass one clear question, and a winner that survives the count', () => {
    expect(multiplicityGate({ pValues: [0.02], index: 0 }).verdict).toBe('passed');
    expect(multiplicityGate({ pValues: [0.001, 0.5, 0.8, 0.9], index: 0 })).toMatchObject({
      verdict: 'passed',
      value: 0.004,
    });
  });
  test('fail the lucky one of twenty', () => {
    const pValues = [0.04, ...Array.from({ length: 19 }, (_, i) => (i + 1) / 20)];
    const result = multiplicityGate({ pValues, index: 0 });
    expect(verdict(result)).toEqual(['failed', 'C']);
    expect(result.details.looked_at).toBe(20);
  });
  test('a weak test that found nothing is inconclusive, a strong one or a hit is not', () => {
    expect(powerGate({ pValue: 0.4, mde: 0.03, plausible: 0.05 }).verdict).toBe('passed');
    expect(powerGate({ pValue: 0.01, mde: 0.2, plausible: 0.05 }).verdict).toBe('passed');
    expect(verdict(powerGate({ pValue: 0.4, mde: 0.2, plausible: 0.05 }))).toEqual(['failed', 'X']);
  });
  test('power speaks of shares when it knows which share is plausible: 318 a day where 70.8 are a tenth are 44.9 %', () => {
    expect(powerGate({ pValue: 0.8, mde: 318, plausible: 70.8, plausibleLift: 0.1 }).sentence).toBe(
      'The test could only have found effects of 44.9 % or more, and more than 10 % is not plausible.',
    );
    expect(powerGate({ pValue: 0.01, mde: 318, plausible: 70.8, plausibleLift: 0.1 }).sentence).toBe(
      'The test could find effects of 44.9 % or more.',
    );
    expect(powerGate({ pValue: 0.8, mde: 318, plausible: 70.8 }).sentence).toContain('effects of 318 or more');
  });
});
