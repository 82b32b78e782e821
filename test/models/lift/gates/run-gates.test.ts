import { expect, test } from 'vitest';
import { GATE_IDS, GATES, REQUIRED_GATES } from '../../../../models/lift/gates/catalogue.ts';
import { runGates } from '../../../../models/lift/gates/run-gates.ts';
import type { Design } from '../../../../models/lift/gates/types.ts';

test('there are 22 gates, numbered in order', () => {
  expect(GATE_IDS.map((gate) => GATES[gate].number)).toEqual(Array.from({ length: 22 }, (_, i) => i + 1));
});

test('without input a required gate is not run and caps at C, any other does not apply', () => {
  for (const design of Object.keys(REQUIRED_GATES) as Design[]) {
    for (const result of runGates(design, {})) {
      const required = REQUIRED_GATES[design].includes(result.gate);
      expect(result.verdict).toBe(required ? 'not_run' : 'not_applicable');
      expect(result.cap).toBe(required ? 'C' : null);
    }
  }
});

test('a stated reason makes any gate not run, and stands in its sentence', () => {
  const results = runGates('panel', { calendar: { notRun: 'the promotion calendar was not loaded' } });
  expect(results[14]).toMatchObject({ gate: 'calendar', verdict: 'not_run', cap: 'C' });
  expect(results[14].sentence).toContain('promotion calendar');
});

test('a gate with input runs, with changed thresholds stored in its result', () => {
  const results = runGates(
    'users',
    { power: { pValue: 0.2, mde: 4, plausible: 5 }, multiplicity: { pValues: [0.04, 0.9], index: 0 } },
    { multiplicity: { false_discovery_rate: 0.05 } },
  );
  expect(results[21]).toMatchObject({ gate: 'power', verdict: 'passed' });
  expect(results[20]).toMatchObject({ verdict: 'failed', threshold: { false_discovery_rate: 0.05 } });
});
