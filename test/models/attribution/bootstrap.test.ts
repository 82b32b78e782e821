import { describe, expect, it } from 'vitest';
import {
  bootstrapDraws,
  bootstrapInterval,
  checkReplicates,
  drawsOf,
  replicatesNeeded,
  replicator,
} from '../../../models/attribution/bootstrap.ts';
import { type ModelRequest, prepareModel } from '../../../models/attribution/registry.ts';
import { resampleUnits } from '../../../models/attribution/resample.ts';
import { simulateJourneys } from './simulated-journeys.ts';
import { shortPaths } from './small-paths.ts';

const MODELS: ModelRequest[] = [
  { model: 'first_touch' },
  { model: 'linear' },
  { model: 'shapley' },
  { model: 'markov' },
];

/** Share of intervals that hold the credit expected at this size, over models, channels and two outcomes. */
function coverage(persons: number, perPerson: number, markets: number, byPerson: boolean, models = MODELS) {
  // its own noise is below a tenth of that of a market
  const size = 100 * persons;
  const population = simulateJourneys('population', size, perPerson);
  const truth = models.map((model) => prepareModel(population.paths, model)(population.paths));
  const held = { conversions: 0, revenue: 0 };
  let intervals = 0;
  for (let market = 0; market < markets; market++) {
    const { paths, personKeys } = simulateJourneys(market, persons, perPerson);
    const units = resampleUnits(paths, byPerson ? personKeys : undefined);
    const draws = bootstrapDraws(units, models, market, 200);
    models.forEach((_, m) => {
      paths.channels.forEach((name, j) => {
        const at = population.paths.channels.indexOf(name);
        intervals++;
        for (const kind of ['conversions', 'revenue'] as const) {
          const interval = bootstrapInterval(drawsOf(draws, m, kind, j), 0.9)!;
          const expected = (truth[m][kind][at] * persons) / size;
          if (interval.lo <= expected && expected <= interval.hi) held[kind]++;
        }
      });
    });
  }
  return { conversions: held.conversions / intervals, revenue: held.revenue / intervals };
}

describe('bootstrapInterval', () => {
  it('takes order statistics at (n + 1) p', () => {
    const draws = Float64Array.from({ length: 199 }, (_, i) => 199 - i);
    expect(bootstrapInterval(draws, 0.9)).toMatchObject({ level: 0.9, kind: 'confidence' });
    expect(bootstrapInterval(draws, 0.9)!.lo).toBeCloseTo(10, 12);
    expect(bootstrapInterval(draws, 0.9)!.hi).toBeCloseTo(190, 12);
    const interval = bootstrapInterval(
      Float64Array.from({ length: 200 }, (_, i) => i + 1),
      0.9,
    )!;
    expect(interval.lo).toBeCloseTo(10.05, 12);
    expect(interval.hi).toBeCloseTo(190.95, 12);
  });

  it('says nothing when the replicates do not vary', () => {
    expect(bootstrapInterval(new Float64Array(200), 0.9)).toBeNull();
  });
});

describe('checkReplicates', () => {
  it('asks for enough replicates to reach both tails', () => {
    expect(replicatesNeeded(0.9)).toBe(19);
    expect(replicatesNeeded(0.99)).toBe(199);
    expect(() => checkReplicates(18, 0.9)).toThrow(/replicates is 18.*>= 19/);
    expect(() => checkReplicates(0, 0.9)).not.toThrow();
    expect(() => checkReplicates(200, 1)).toThrow(/level is 1/);
  });
});

describe('replicator', () => {
  it('gives each replicate by its number, in whatever slices they are asked for', () => {
    const units = resampleUnits(simulateJourneys(1, 300).paths);
    const whole = replicator(units, MODELS, 9)(0, 30);
    const sliced = replicator(units, MODELS, 9);
    const parts = [sliced(20, 30), sliced(0, 7), sliced(7, 20)];
    expect([...parts[1], ...parts[2], ...parts[0]]).toEqual([...whole]);
    expect(replicator(units, MODELS, 10)(0, 30)).not.toEqual(whole);
  });

  it('leaves a replicate without a single conversion at zero', () => {
    const units = resampleUnits(shortPaths([['a', 1, 3, 5]]));
    const draws = bootstrapDraws(units, [{ model: 'markov' }, { model: 'shapley_rate' }], 1, 100);
    for (const m of [0, 1]) {
      const conversions = drawsOf(draws, m, 'conversions', 0);
      expect(conversions.some((value) => value === 0)).toBe(true);
      expect(conversions.every(Number.isFinite)).toBe(true);
    }
  });

  it('has the spread of a count where each conversion goes to one channel', () => {
    const units = resampleUnits(
      shortPaths([
        ['a', 400, 600],
        ['b', 100, 900],
      ]),
    );
    const draws = drawsOf(bootstrapDraws(units, [{ model: 'last_touch' }], 3, 2000), 0, 'conversions', 0);
    const mean = draws.reduce((a, b) => a + b, 0) / 2000;
    const sd = Math.sqrt(draws.reduce((a, b) => a + (b - mean) ** 2, 0) / 1999);
    expect(Math.abs(mean - 400)).toBeLessThan(4 * Math.sqrt(400 / 2000));
    expect(Math.abs(sd / 20 - 1)).toBeLessThan(0.07);
  });
});

describe('coverage of 90 % intervals', () => {
  it('lies within 85 and 95 % on simulated journeys', () => {
    const { conversions, revenue } = coverage(1500, 1, 60, false);
    expect(conversions).toBeGreaterThan(0.85);
    expect(conversions).toBeLessThan(0.95);
    expect(revenue).toBeGreaterThan(0.85);
    expect(revenue).toBeLessThan(0.95);
  });

  it('needs persons as units where people return: journeys as units cover too little', () => {
    const models: ModelRequest[] = [{ model: 'linear' }, { model: 'markov' }];
    const persons = coverage(400, 6, 50, true, models);
    const journeys = coverage(400, 6, 50, false, models);
    expect(persons.conversions).toBeGreaterThan(0.85);
    expect(persons.conversions).toBeLessThan(0.95);
    expect(journeys.conversions).toBeLessThan(persons.conversions - 0.05);
  });
});
