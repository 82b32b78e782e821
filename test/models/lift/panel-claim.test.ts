import { expect, test } from 'vitest';
import { allowedWords, saleVerdict } from '../../../models/evidence.ts';
import { nullReadings } from '../../../models/lift/panel-calibration.ts';
import { panelClaim } from '../../../models/lift/panel-claim.ts';
import { panelView } from '../../../models/lift/panel-view.ts';
import { random } from '../../../models/numeric/random.ts';
import type { Panel } from '../../../models/panel.ts';
import { makePanel } from './gates/panels.ts';
import { geos, golden, hasGolden } from './golden-panel.ts';

/** Units driven by three shared paths with loadings of their own, so that some donors follow the treated ones better than others. */
function factorPanel(seed: number, effect: number): { panel: Panel; treatment: { firstTreated: Map<string, number> } } {
  const [units, periods, start] = [30, 100, 85];
  const rng = random(seed, 'factor panel');
  const paths = Array.from({ length: 3 }, () => {
    let level = 0;
    return Float64Array.from({ length: periods }, () => {
      level = 0.7 * level + 2 * rng.normal();
      return level;
    });
  });
  const outcome = new Float64Array(units * periods);
  for (let u = 0; u < units; u++) {
    const loadings = paths.map(() => 0.2 + rng.uniform());
    for (let t = 0; t < periods; t++) {
      const shared = paths.reduce((sum, path, f) => sum + loadings[f] * path[t], 0);
      outcome[u * periods + t] = 100 + 3 * u + shared + 0.7 * rng.normal() + (u < 2 && t >= start ? effect : 0);
    }
  }
  return {
    panel: {
      units: Array.from({ length: units }, (_, u) => `g${String(u).padStart(2, '0')}`),
      periods: Array.from({ length: periods }, (_, t) => `p${String(t).padStart(3, '0')}`),
      outcome,
      covariates: {},
    },
    treatment: {
      firstTreated: new Map([
        ['g00', start],
        ['g01', start],
      ]),
    },
  };
}
const quick = { draws: 99, calibration: { draws: 11 } };

test.skipIf(!hasGolden)('panel_200x180.csv comes out as B with the truth inside', () => {
  const { panel, treatment } = geos();
  const claim = panelClaim(panel, treatment, { draws: 99, calibration: { draws: 11 } });
  const truth = golden('recommended_inference_panel_200x180').truth_att;
  expect(claim.graded).toMatchObject({ grade: 'B', against: [], passed: claim.graded.ran });
  expect(claim.estimate.interval!.lo).toBeLessThan(truth);
  expect(claim.estimate.interval!.hi).toBeGreaterThan(truth);
  expect(claim.spread.length).toBeGreaterThanOrEqual(5);
  expect(claim.graded.notApplicable).toContain('calendar');
  expect(allowedWords(claim.graded, '+6 %')).toContain('very likely caused');
  expect(saleVerdict({ estimate: claim.estimate, graded: claim.graded, health: [] }).word).toBe('yes');
});

test('a clear effect on a well-behaved panel is B, and says which gates did not apply', () => {
  const { panel, treatment } = factorPanel(1, 8);
  const claim = panelClaim(panel, treatment, quick);
  expect(claim.graded.against).toEqual([]);
  expect(claim.graded.grade).toBe('B');
  expect(panelClaim(panel, treatment, quick)).toEqual(claim);
});

test('an effect that hangs on one donor is C at most, and the donor is named', () => {
  const { panel, treatment } = factorPanel(1, 0);
  const found = panelClaim(panel, treatment, quick).result.weights.units.reduce((a, b) =>
    b.weight > a.weight ? b : a,
  );
  const row = panel.units.indexOf(found.unit) * 100;
  for (let t = 85; t < 100; t++) panel.outcome[row + t] -= 60;
  const claim = panelClaim(panel, treatment, quick);
  expect(['C', 'X']).toContain(claim.graded.grade);
  expect(claim.gates.find(({ gate }) => gate === 'leave_one_out')).toMatchObject({ verdict: 'failed' });
  expect(claim.graded.against.join(' ')).toContain(found.unit);
});

test('no effect never comes out as B, and is called equivalent only when a margin says so', () => {
  for (let seed = 2; seed <= 3; seed++) {
    const { panel, treatment } = factorPanel(seed, 0);
    const { graded, estimate } = panelClaim(panel, treatment, quick);
    if (estimate.pValue! > 0.1) expect(['C', 'X']).toContain(graded.grade);
    expect(saleVerdict({ estimate, graded, health: [] }).word).not.toBe('no_useful_effect');
  }
  const { panel, treatment } = factorPanel(1, 0);
  const { graded, estimate, equivalence } = panelClaim(panel, treatment, { ...quick, margin: 20 });
  expect(equivalence!.equivalent).toBe(true);
  expect(graded.against).toEqual([]);
  expect(graded.grade).toBe('B');
  expect(saleVerdict({ estimate, graded, health: [], equivalence }).word).toBe('no_useful_effect');
});

test('what only the caller knows is added: a campaign launched because sales moved is C at most', () => {
  const { panel, treatment } = factorPanel(1, 8);
  const preGap = Float64Array.from({ length: 85 }, (_, t) => Math.sin(t));
  const { graded } = panelClaim(panel, treatment, {
    ...quick,
    inputs: {
      assignment: { kind: 'observed', start: 85, loggedStart: 85, preGap, launchedBecauseOutcomeMoved: true },
    },
  });
  expect(graded.grade).toBe('C');
  expect(graded.against.join(' ')).toContain('launched because');
});

test('a short panel is told what it lacks instead of being refused', () => {
  const { panel, treatment } = makePanel(1, { units: 6, periods: 24, start: 16, treated: 1, effect: 5 });
  const { graded } = panelClaim(panel, treatment, quick);
  expect(graded.grade).not.toBe('B');
  expect(graded.against.join(' ')).toContain('25 needed');
});

test('placebo assignments leave the treated units and the test window alone', () => {
  const { panel, treatment } = factorPanel(3, 0);
  const view = panelView(panel, treatment);
  const before = nullReadings(view, 20, 11, { level: 0.9, seed: 1 });
  const touched = {
    ...panel,
    outcome: Float64Array.from(panel.outcome, (y, i) => (i < 200 || i % 100 >= 85 ? y + 7 : y)),
  };
  expect(nullReadings(panelView(touched, treatment), 20, 11, { level: 0.9, seed: 1 })).toEqual(before);
  expect(before).toHaveLength(20);
  const small = makePanel(1, { units: 4, treated: 2 });
  expect(nullReadings(panelView(small.panel, small.treatment), 20, 11, { level: 0.9, seed: 1 })).toEqual([]);
});
