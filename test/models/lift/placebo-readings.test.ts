import { describe, expect, it } from 'vitest';
import { liftReplicates, measureLift } from '../../../models/lift/index.ts';
import { placeboReadings } from '../../../models/lift/placebo-readings.ts';
import { random } from '../../../models/numeric/random.ts';
import type { Panel, Treatment } from '../../../models/panel.ts';

const draw = random(1, 'placebo readings');
const units = Array.from({ length: 9 }, (_, u) => `u${u}`);
const periods = Array.from({ length: 16 }, (_, t) => `${t}`);
const panel: Panel = {
  units,
  periods,
  outcome: Float64Array.from(units.flatMap((_, u) => periods.map(() => 10 + u + draw.normal()))),
  covariates: {},
};
const treatment: Treatment = { firstTreated: new Map([['u0', 12]]) };

function read(method: 'sc' | 'sdid' | 'did', standardError?: 'placebo' | 'placebo_studentised' | 'cluster') {
  const options = { method, standardError, level: 0.9, seed: 1 };
  const table = liftReplicates(panel, treatment, options)?.run() ?? new Float64Array();
  const result = measureLift(panel, treatment, options, table);
  return { result, readings: placeboReadings(result, table) };
}

describe('readings of placebos', () => {
  it('of the plain test are those that its p-value is a rank among', () => {
    const { result, readings } = read('sc', 'placebo');
    const { value, p_value } = result.estimate;
    const beyond = readings!.filter((effect) => Math.abs(effect) >= Math.abs(value)).length;
    expect(readings).toHaveLength(8);
    expect(p_value).toBeCloseTo((1 + beyond) / 9, 12);
  });

  it('of the refined test spread as its standard error says', () => {
    const { result, readings } = read('sc');
    const mean = readings!.reduce((sum, x) => sum + x, 0) / 8;
    const sd = Math.sqrt(readings!.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 7);
    expect(sd).toBeCloseTo(result.estimate.standard_error!, 10);
  });

  it('of synthetic DiD are its placebo effects, and of clustered errors there are none', () => {
    const { result, readings } = read('sdid');
    const mean = readings!.reduce((sum, x) => sum + x, 0) / 8;
    expect(Math.sqrt(readings!.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 8)).toBeCloseTo(
      result.estimate.standard_error!,
      10,
    );
    expect(read('did', 'cluster').readings).toBeNull();
  });
});
