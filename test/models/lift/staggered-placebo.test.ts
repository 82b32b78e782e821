import { describe, expect, it } from 'vitest';
import { InputError } from '../../../models/errors.ts';
import { type LiftOptions, measureLift } from '../../../models/lift/index.ts';
import { staggeredPlaceboInference } from '../../../models/lift/staggered-placebo.ts';
import { random } from '../../../models/numeric/random.ts';
import type { Panel, Treatment } from '../../../models/panel.ts';

/** Units with levels of their own, AR(1) noise and a shared path; the last ones start in `starts`. */
function simulated(
  seed: number,
  controls: number,
  starts: number[],
  effect = 0,
): { panel: Panel; treatment: Treatment } {
  const [periods, rho] = [14, 0.5];
  const rng = random(seed, 'staggered placebo test');
  const shared = Float64Array.from({ length: periods }, () => rng.normal());
  const count = controls + starts.length;
  const outcome = new Float64Array(count * periods);
  for (let u = 0; u < count; u++) {
    const level = 50 + 5 * rng.normal();
    let e = rng.normal();
    for (let t = 0; t < periods; t++) {
      e = rho * e + Math.sqrt(1 - rho * rho) * rng.normal();
      outcome[u * periods + t] = level + shared[t] + e + (u >= controls && t >= starts[u - controls] ? effect : 0);
    }
  }
  const units = Array.from({ length: count }, (_, u) => `u${u}`);
  return {
    panel: { units, periods: Array.from({ length: periods }, (_, t) => `p${t}`), outcome, covariates: {} },
    treatment: { firstTreated: new Map(starts.map((start, i) => [`u${controls + i}`, start])) },
  };
}

const options: LiftOptions = { method: 'callaway_santanna', draws: 99 };

describe('callaway_santanna with few treated units', () => {
  it('by hand: three untreated units play the treated one in turn', () => {
    const panel: Panel = {
      units: ['a', 'b', 'c', 'd'],
      periods: ['1', '2'],
      // changes 0, 1, 5 and 9
      outcome: Float64Array.from([1, 1, 2, 3, 0, 5, 4, 13]),
      covariates: {},
    };
    const { estimate, diagnostics } = measureLift(
      panel,
      { firstTreated: new Map([['d', 1]]) },
      { ...options, level: 0.7 },
    );
    // 9 - mean(0, 1, 5); placebos 0 - 3, 1 - 2.5, 5 - 0.5
    expect(estimate.value).toBe(7);
    expect(estimate.p_value).toBe(1 / 4);
    expect(estimate.interval).toEqual({ lo: 7 - 4.5, hi: 7 + 4.5 });
    expect(diagnostics).toMatchObject({ inference: 'placebo', placebos: 3, exhaustive: true, p_greater: 1 / 4 });
    expect(diagnostics.default_changed).toMatch(/placebo instead of cluster/);
  });

  it('rejects a true null at its level with one treated unit, where clustered errors would nearly always', () => {
    const runs = 300;
    let rejected = 0;
    for (let seed = 1; seed <= runs; seed++) {
      const { panel, treatment } = simulated(seed, 29, [10]);
      rejected += Number(measureLift(panel, treatment, options).estimate.p_value! < 0.1);
    }
    expect(Math.abs(rejected / runs - 0.1)).toBeLessThan(2.5 * Math.sqrt(0.09 / runs));
  });

  it('rejects a true null at its level with cohorts of one and two units that start apart, and finds an effect', () => {
    const runs = 100;
    let rejected = 0;
    let covered = 0;
    for (let seed = 1; seed <= runs; seed++) {
      const none = simulated(seed, 25, [8, 8, 11]);
      rejected += Number(measureLift(none.panel, none.treatment, options).estimate.p_value! < 0.1);
      const some = simulated(seed, 25, [8, 8, 11], 3);
      const { lo, hi } = measureLift(some.panel, some.treatment, options).estimate.interval!;
      covered += Number(lo! <= 3 && 3 <= hi!);
    }
    expect(rejected / runs).toBeLessThan(0.1 + 2.5 * Math.sqrt(0.09 / runs));
    expect(covered / runs).toBeGreaterThan(0.9 - 2.5 * Math.sqrt(0.09 / runs));
  });

  it('bounds the event study by the same placebos, jointly never narrower than one by one', () => {
    const { panel, treatment } = simulated(3, 25, [8, 8, 11], 3);
    const { event_study: events, diagnostics } = measureLift(panel, treatment, options);
    expect(events!.length).toBeGreaterThan(10);
    for (const { effect, lo, hi, uniform_lo, uniform_hi } of events!) {
      expect(uniform_lo!).toBeLessThanOrEqual(lo!);
      expect(uniform_hi!).toBeGreaterThanOrEqual(hi!);
      expect(effect - lo!).toBeCloseTo(hi! - effect, 10);
    }
    expect(diagnostics.pre_test).toBeNull();
  });

  it('refuses clustered errors for a cohort of one, and says what to use', () => {
    const { panel, treatment } = simulated(1, 29, [10]);
    const asked = (): unknown => measureLift(panel, treatment, { ...options, standardError: 'cluster' });
    expect(asked).toThrow(InputError);
    expect(asked).toThrow(/one unit starts in period p10.*use standard error placebo/);
  });

  it('keeps clustered errors where units are many', () => {
    const { panel, treatment } = simulated(1, 30, [8, 8, 8, 8, 8, 8]);
    expect(measureLift(panel, treatment, options).diagnostics).toMatchObject({ inference: 'cluster' });
  });

  it('gives no interval where fewer units stay untreated than are treated, and says so', () => {
    const { panel, treatment } = simulated(1, 2, [8, 9, 10]);
    const { estimate, event_study: events, diagnostics } = measureLift(panel, treatment, options);
    expect(estimate).toMatchObject({ interval: null, p_value: null });
    expect(diagnostics.reason).toMatch(/more than 3 never-treated/);
    expect(events!.every(({ lo, uniform_hi: hi }) => lo === null && hi === null)).toBe(true);
  });

  it('gives no interval where no untreated unit ever moves', () => {
    const still = { overall: new Float64Array(20), events: [], exhaustive: true };
    expect(staggeredPlaceboInference(2, still, 0.9, 1)).toMatchObject({ interval: null, pValue: null });
  });
});
