import { describe, expect, it } from 'vitest';
import { milestoneWeights, positionWeights, timeDecayWeights } from '../../../models/attribution/position-weights.ts';

const close = (got: Float64Array, want: number[]) => {
  expect(got.length).toBe(want.length);
  want.forEach((value, i) => {
    expect(got[i]).toBeCloseTo(value, 12);
  });
};

describe('positionWeights', () => {
  it('gives 0.4, 0.2 shared, 0.4', () => {
    close(positionWeights(1), [1]);
    close(positionWeights(2), [0.5, 0.5]);
    close(positionWeights(4), [0.4, 0.1, 0.1, 0.4]);
  });

  it('splits two touches in the ratio of first to last', () => {
    close(positionWeights(2, { first: 0.6, middle: 0.1, last: 0.3 }), [2 / 3, 1 / 3]);
    close(positionWeights(3, { first: 3, middle: 1, last: 4 }), [3 / 8, 1 / 8, 4 / 8]);
  });

  it('refuses shares that leave two touches without weight', () => {
    expect(() => positionWeights(2, { first: 0, middle: 1, last: 0 })).toThrow(/first \+ last > 0/);
    expect(() => positionWeights(2, { first: -1, middle: 1, last: 3 })).toThrow(/numbers >= 0/);
  });
});

describe('milestoneWeights', () => {
  it('gives W .3, .3, .3 and shares the tenth among the rest', () => {
    close(milestoneWeights(5, [0, 2, 4]), [0.3, 0.05, 0.3, 0.05, 0.3]);
  });

  it('gives Z .225 to each of its four anchors', () => {
    close(milestoneWeights(5, [0, 1, 3, 4]), [0.225, 0.225, 0.1, 0.225, 0.225]);
  });

  it('adds the weights of anchors on the same touch', () => {
    close(milestoneWeights(3, [0, 0, 2]), [0.6, 0.1, 0.3]);
  });

  it('scales to 1 when a milestone never happened or there is no rest', () => {
    close(milestoneWeights(3, [0, null, 2]), [0.3 / 0.7, 0.1 / 0.7, 0.3 / 0.7]);
    close(milestoneWeights(2, [0, 0, 1]), [2 / 3, 1 / 3]);
    close(milestoneWeights(2, [null, null]), [0.5, 0.5]);
  });

  it('refuses a rest outside [0, 1)', () => {
    expect(() => milestoneWeights(2, [0, 1], [0.5, 0.5], 1)).toThrow(/rest in \[0, 1\)/);
  });
});

describe('timeDecayWeights', () => {
  // PostHog test_attribution_table_query_runner.py: 3, 2, 1 days before, half-life 1 day
  it('halves with every half-life', () => {
    close(timeDecayWeights(Float64Array.of(3, 2, 1), 1), [1 / 7, 2 / 7, 4 / 7]);
  });

  it('does not underflow on a journey that is thousands of half-lives old', () => {
    close(timeDecayWeights(Float64Array.of(5001, 5000), 1), [1 / 3, 2 / 3]);
  });

  it('refuses a half-life of zero', () => {
    expect(() => timeDecayWeights(Float64Array.of(1), 0)).toThrow(/half_life_days is 0/);
  });
});
