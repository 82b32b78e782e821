import type { Panel, Treatment } from '../../panel.ts';
import { gateResult, thresholdsOf } from './catalogue.ts';
import type { GateResult } from './types.ts';

/** A panel and its treatment, or the sizes of the arms of a user test. */
export type DataInput = { panel: Panel; treatment: Treatment; donorsNeeded?: boolean } | { arms: readonly number[] };

/** Gate 1: is there enough complete data, and does it move? Gaps are counted, never filled. */
export function dataGate(input: DataInput, changes?: Readonly<Record<string, number>>): GateResult {
  const threshold = thresholdsOf('data', changes);
  if ('arms' in input) {
    const smallest = Math.min(...input.arms);
    const enough = input.arms.length >= 2 && smallest >= threshold.users_per_arm;
    return gateResult(
      'data',
      enough ? 'passed' : 'failed',
      smallest,
      `The smallest of ${input.arms.length} arms has ${smallest} users.`,
      { threshold },
    );
  }
  const { panel, treatment } = input;
  const periods = panel.periods.length;
  const start = Math.min(...treatment.firstTreated.values());
  const end = treatment.end ?? periods;
  const rows = panel.units.map((unit, u) => ({
    unit,
    treated: treatment.firstTreated.has(unit),
    values: panel.outcome.subarray(u * periods, u * periods + end),
  }));
  const gaps = rows.reduce((sum, row) => sum + row.values.filter((value) => Number.isNaN(value)).length, 0);
  const flat = rows.filter(({ values }) => {
    const seen = values.filter((value) => !Number.isNaN(value));
    return seen.every((value) => value === seen[0]);
  });
  const donors = rows.filter((row) => !row.treated).length;
  const problems: string[] = [];
  if (gaps > 0) problems.push(`${gaps} cells are missing`);
  if (flat.length > 0) problems.push(`${flat.map(({ unit }) => unit).join(', ')} never change`);
  if (start < threshold.pre_periods) problems.push(`${start} periods before the test, ${threshold.pre_periods} needed`);
  const ratio = start / (end - start);
  if (ratio < threshold.pre_per_test_period) {
    problems.push(`the time before is ${ratio.toFixed(1)} times the test, ${threshold.pre_per_test_period} needed`);
  }
  if (input.donorsNeeded !== false && donors < threshold.donors) {
    problems.push(`${donors} untreated units, ${threshold.donors} needed`);
  }
  return gateResult(
    'data',
    problems.length === 0 ? 'passed' : 'failed',
    ratio,
    problems.length === 0
      ? `Complete panel: ${start} periods before and ${end - start} in the test, ${donors} untreated units.`
      : `Data: ${problems.join('; ')}.`,
    { threshold, details: { gaps, flat_units: flat.map(({ unit }) => unit), pre_periods: start, donors, problems } },
  );
}
