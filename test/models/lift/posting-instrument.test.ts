import { expect, test } from 'vitest';
import { postingClaims } from '../../../models/lift/posting-instrument.ts';
import { postingSchedule } from '../../../models/lift/posting-schedule.ts';
import { random } from '../../../models/numeric/random.ts';
import type { Panel } from '../../../models/panel.ts';

const regions = ['a', 'b', 'c', 'd'];

/** Demand moves both engagement and sales; posting moves engagement; engagement moves sales by `worth`. */
function market(seed: number, worth: number, pull: number) {
  const schedule = postingSchedule({ regions, blocks: 10, blockLength: 7, washout: 1, seed });
  const rng = random(seed, 'instrument');
  const sales = new Float64Array(280);
  const engagement = new Float64Array(280);
  for (let r = 0; r < 4; r++) {
    let demand = 0;
    for (let t = 0; t < 70; t++) {
      demand = 0.6 * demand + rng.normal();
      const e = 20 + pull * schedule.posting[r * 10 + Math.floor(t / 7)] + 3 * demand + rng.normal();
      engagement[r * 70 + t] = e;
      sales[r * 70 + t] = 100 + worth * e + 4 * demand + rng.normal();
    }
  }
  const panel = (outcome: Float64Array): Panel => ({
    units: regions,
    periods: Array.from({ length: 70 }, (_, t) => `d${t}`),
    outcome,
    covariates: {},
  });
  return { schedule, sales: panel(sales), engagement: panel(engagement) };
}

test('the three claims come apart: posting moves both, and the ratio is what an engagement is worth', () => {
  let covered = 0;
  let asked = 0;
  let naive = 0;
  for (let s = 1; s <= 100; s++) {
    const { schedule, sales, engagement } = market(s, 0.5, 8);
    const claims = postingClaims(schedule, sales, engagement, { draws: 199 });
    if (claims.perEngagement?.interval) {
      const { lo, hi } = claims.perEngagement.interval;
      asked++;
      covered += Number(lo <= 0.5 && 0.5 <= hi);
      expect(claims.perEngagement.pValue! < 0.1).toBe(lo > 0 || hi < 0);
    }
    naive += slope(engagement.outcome, sales.outcome) / 100;
  }
  expect(asked).toBeGreaterThan(90);
  expect(covered / asked).toBeGreaterThan(0.85);
  // regressing sales on engagement takes the demand behind both for its doing
  expect(naive).toBeGreaterThan(0.9);
});

test('worthless engagement is found worthless at the level of the test, though sales and likes move together', () => {
  let rejected = 0;
  for (let s = 1; s <= 100; s++) {
    const { schedule, sales, engagement } = market(s, 0, 8);
    const { perEngagement } = postingClaims(schedule, sales, engagement, { draws: 199 });
    if (perEngagement !== null && perEngagement.pValue! < 0.1) rejected++;
  }
  expect(rejected / 100).toBeLessThan(0.1 + 2.5 * 0.03);
});

test('a weak instrument gives no ratio', () => {
  const { schedule, sales, engagement } = market(1, 0.5, 0);
  const claims = postingClaims(schedule, sales, engagement, { draws: 199 });
  expect(claims.firstStageF).toBeLessThan(10);
  expect(claims.perEngagement).toBeNull();
});

function slope(x: Float64Array, y: Float64Array): number {
  const mean = (v: Float64Array): number => v.reduce((a, b) => a + b, 0) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  let xy = 0;
  let xx = 0;
  for (let i = 0; i < x.length; i++) {
    xy += (x[i] - mx) * (y[i] - my);
    xx += (x[i] - mx) ** 2;
  }
  return xy / xx;
}
