import { expect, test } from 'vitest';
import type { Estimate } from '../../models/estimate.ts';
import {
  allowedWords,
  CEILING,
  gradeClaim,
  lower,
  saleVerdict,
  VERDICTS,
  verdictSentence,
} from '../../models/evidence.ts';
import {
  breakEven,
  incrementalityFactor,
  iroas,
  iroasFromDraws,
  probabilityAbove,
  probabilityPositive,
  widenInterval,
} from '../../models/lift/economics.ts';
import { equivalence } from '../../models/lift/equivalence.ts';
import { gateResult } from '../../models/lift/gates/catalogue.ts';
import { runGates } from '../../models/lift/gates/run-gates.ts';
import { benjaminiHochberg, shrinkWinners } from '../../models/lift/multiplicity.ts';
import { sampleRatio } from '../../models/lift/sample-ratio.ts';
import { armSums } from '../../models/lift/user-arms.ts';
import { userItt } from '../../models/lift/user-itt.ts';
import { random } from '../../models/numeric/random.ts';
import { goldenColumns, haveGoldens } from './lift/golden.ts';

function estimate(value: number, standardError: number, diagnostics: Record<string, unknown> = {}): Estimate {
  const half = 1.6448536269514722 * standardError;
  const z = Math.abs(value / standardError);
  const pValue = z > 1.6448536269514722 ? 0.01 : 0.4;
  return {
    value,
    standardError,
    interval: { lo: value - half, hi: value + half, level: 0.9, kind: 'confidence' },
    pValue,
    method: 'test',
    n: 100,
    diagnostics,
  };
}

const pass = (gate: Parameters<typeof gateResult>[0]) => gateResult(gate, 'passed', 1, `${gate} is fine.`);
const fail = (gate: Parameters<typeof gateResult>[0], cap?: 'X' | null) =>
  gateResult(gate, 'failed', 1, `${gate} speaks against it.`, cap === undefined ? {} : { cap });

test('the ladder: each design has its ceiling, and the lower rung wins', () => {
  expect(CEILING).toMatchObject({
    users: 'A',
    switchback: 'A',
    panel: 'B',
    series: 'C',
    calibrated_mix: 'D',
    association: 'E',
  });
  expect(lower('A', 'C')).toBe('C');
  expect(lower('X', 'B')).toBe('X');
  expect(lower('D', 'C')).toBe('D');
});

test('an experiment with all gates passed and an interval without zero is A', () => {
  const graded = gradeClaim({ design: 'users', gates: [pass('data'), pass('assignment')], estimate: estimate(5, 1) });
  expect(graded).toMatchObject({ grade: 'A', against: [], passed: 2, ran: 2 });
});

test('an experiment that could not tell is X, unless equivalence is shown', () => {
  const gates = [pass('data'), fail('multiplicity')];
  expect(gradeClaim({ design: 'users', gates, estimate: estimate(0.5, 1) }).grade).toBe('X');
  const equivalent = equivalence(estimate(0.1, 0.2), 1);
  expect(equivalent.equivalent).toBe(true);
  const graded = gradeClaim({ design: 'users', gates, estimate: estimate(0.1, 0.2), equivalence: equivalent });
  expect(graded.grade).toBe('A');
});

test('a panel is B at best; one failed or unrun gate makes it C; a refuting placebo X', () => {
  const claim = (gates: ReturnType<typeof pass>[]) => gradeClaim({ design: 'panel', gates, estimate: estimate(5, 1) });
  expect(claim([pass('data'), pass('pre_fit')]).grade).toBe('B');
  expect(claim([pass('data'), fail('leave_one_out')])).toMatchObject({
    grade: 'C',
    against: ['leave_one_out speaks against it.'],
  });
  expect(claim([gateResult('calibration', 'not_run', null, 'Not run.')]).grade).toBe('C');
  expect(claim([fail('placebo_time', 'X')]).grade).toBe('X');
  expect(claim([fail('residuals', null)]).grade).toBe('B');
});

test('a gate that does not apply is named and costs nothing', () => {
  const gates = [pass('data'), gateResult('calendar', 'not_applicable', null, 'No calendar.')];
  expect(gradeClaim({ design: 'panel', gates, estimate: estimate(5, 1) })).toMatchObject({
    grade: 'B',
    notApplicable: ['calendar'],
    ran: 1,
  });
});

test('leaving inputs out can never raise a grade', () => {
  const gates = runGates('panel', {});
  expect(gradeClaim({ design: 'panel', gates, estimate: estimate(5, 1) }).grade).toBe('C');
});

test('each grade caps its words', () => {
  const graded = (grade: 'A' | 'B' | 'C' | 'D' | 'E' | 'X') => ({
    grade,
    ceiling: 'A' as const,
    against: grade === 'C' || grade === 'X' ? ['Placebos move as much.'] : [],
    passed: 11,
    ran: 12,
    notApplicable: [],
  });
  expect(allowedWords(graded('A'), '+5 %')).toBe('caused +5 %');
  expect(allowedWords(graded('B'), '+5 %')).toBe('very likely caused +5 %; survived 11 of 12 refutation tests');
  expect(allowedWords(graded('C'), '+5 %')).toBe('consistent with +5 %; not proven because placebos move as much.');
  expect(allowedWords(graded('D'), '+5 %', { calibration: 'two tests' })).toBe(
    'model estimate +5 %, calibrated on two tests',
  );
  expect(allowedWords(graded('E'), '+5 %')).toBe('associated with +5 %; credit, not proof');
  expect(allowedWords(graded('X'), '+5 %', { needed: '6 weeks' })).toBe(
    'cannot tell: placebos move as much. It would need 6 weeks.',
  );
  for (const grade of ['C', 'D', 'E', 'X'] as const)
    expect(allowedWords(graded(grade), '+5 %')).not.toContain('caused');
});

test('verdict rules are tried in their order', () => {
  const word = (grade: 'A' | 'B' | 'C' | 'D' | 'E' | 'X', p: number, more: object = {}): string =>
    saleVerdict({
      estimate: estimate(5, 1, { probability_positive: p }),
      graded: { grade, ceiling: 'A', against: [], passed: 1, ran: 1, notApplicable: [] },
      health: [],
      ...more,
    }).word;
  const stale = { health: [{ check: 'freshness' as const, ok: false, sentence: 'Orders end on 3 March.' }] };
  const equivalent = { equivalence: { equivalent: true, margin: 1, level: 0.9 } };
  expect(word('A', 0.99, stale)).toBe('cannot_tell_yet');
  expect(word('A', 0.03)).toBe('cost_sales');
  expect(word('C', 0.03)).toBe('cannot_tell');
  expect(word('B', 0.97)).toBe('yes');
  expect(word('B', 0.85)).toBe('probably');
  expect(word('D', 0.99)).toBe('probably');
  expect(word('C', 0.99)).toBe('perhaps');
  expect(word('E', 0.99)).toBe('cannot_tell');
  expect(word('X', 0.99)).toBe('cannot_tell');
  expect(word('A', 0.6, equivalent)).toBe('no_useful_effect');
  expect(word('C', 0.6, equivalent)).toBe('cannot_tell');
  expect(word('A', 0.97, equivalent)).toBe('yes');
  expect(Object.keys(VERDICTS)).toHaveLength(7);
});

test('the sentence carries verdict, effect, interval, probability and grade, and names a failing check', () => {
  const e = estimate(42, 10, { probability_positive: 0.97 });
  const graded = { grade: 'B' as const, ceiling: 'B' as const, against: [], passed: 12, ran: 12, notApplicable: [] };
  const format = (v: number): string => `€${Math.round(v)} k`;
  const sentence = verdictSentence(
    saleVerdict({ estimate: e, graded, health: [] }),
    e,
    graded,
    'Instagram engagement',
    format,
  );
  expect(sentence).toBe(
    'Yes. Instagram engagement very likely caused €42 k (90 %: €26 k to €58 k), 97 % likely above zero; it survived 12 of 12 refutation tests. Evidence B.',
  );
  const broken = saleVerdict({
    estimate: e,
    graded,
    health: [{ check: 'sample_ratio', ok: false, sentence: 'Arms have the wrong sizes.' }],
  });
  expect(verdictSentence(broken, e, graded, 'x', format)).toBe('We cannot tell yet. Arms have the wrong sizes.');
});

test('a high p-value alone is not equivalence', () => {
  expect(equivalence(estimate(0.5, 2), 1).equivalent).toBe(false);
  expect(equivalence(estimate(0, 0.5), 1).equivalent).toBe(true);
  expect(equivalence({ ...estimate(0, 0.1), interval: null }, 1).equivalent).toBe(false);
  expect(() => equivalence(estimate(0, 1), 0)).toThrow(/margin/);
});

test('two one-sided tests err at most at their level when the effect is at the margin', () => {
  let wrong = 0;
  for (let s = 1; s <= 1000; s++)
    if (equivalence(estimate(1 + 0.2 * random(s, 'tost').normal(), 0.2), 1).equivalent) wrong++;
  expect(wrong / 1000).toBeLessThan(0.05 + 2.5 * Math.sqrt((0.05 * 0.95) / 1000));
});

test('probability above zero comes from the method: posterior, one-sided p, or half the two-sided', () => {
  expect(probabilityPositive(estimate(5, 1, { probability_positive: 0.93 }))).toBe(0.93);
  expect(probabilityPositive(estimate(5, 1, { p_greater: 0.02 }))).toBe(0.98);
  expect(probabilityPositive({ ...estimate(-5, 1), pValue: 0.04 })).toBe(0.02);
  expect(probabilityPositive({ ...estimate(5, 1), pValue: null })).toBeNull();
  expect(probabilityAbove(estimate(5, 1), 5)).toBe(0.5);
  expect(probabilityAbove(estimate(5, 1, { degrees_of_freedom: 3 }), 7.3533634)).toBeCloseTo(0.05, 2);
});

test('break-even by hand: 3,000 spent at a margin of 40 % needs 7,500', () => {
  expect(breakEven(3000, 0.4)).toEqual({ revenue: 7500, roas: 2.5 });
  expect(() => breakEven(3000, 0)).toThrow(/margin/);
});

test('iROAS: a known cost changes the unit only, an estimated one widens by Fieller and is never a ratio of bounds', () => {
  const effect = estimate(100, 20);
  const known = iroas(effect, 50);
  expect(known.interval!.lo).toBeCloseTo(effect.interval!.lo / 50, 12);
  expect(known.value).toBe(2);
  const noisy = iroas(effect, { value: 50, standardError: 10 });
  expect(noisy.interval!.hi).toBeGreaterThan(known.interval!.hi);
  expect(noisy.interval!.hi).not.toBeCloseTo(effect.interval!.hi / (50 - 16.4), 1);
  expect(iroas(effect, { value: 50, standardError: 40 }).interval).toBeNull();
  expect(() => iroas(effect, 0)).toThrow(/cost/);
  expect(iroas({ ...effect, standardError: null }, { value: 5, standardError: 1 }).interval).toBeNull();
});

test('Fieller covers the true return in 85 to 95 % of 1000 tests; draws agree with it', () => {
  let covered = 0;
  for (let s = 1; s <= 1000; s++) {
    const rng = random(s, 'iroas');
    const { interval } = iroas(estimate(100 + 20 * rng.normal(), 20), {
      value: 50 + 8 * rng.normal(),
      standardError: 8,
    });
    covered += Number(interval !== null && interval.lo <= 2 && 2 <= interval.hi);
  }
  expect(covered).toBeGreaterThan(850);
  expect(covered).toBeLessThan(950);
  const rng = random(1, 'draws');
  const drawn = iroasFromDraws(
    Float64Array.from({ length: 20000 }, () => 100 + 20 * rng.normal()),
    Float64Array.from({ length: 20000 }, () => 50 + 5 * rng.normal()),
  );
  const exact = iroas(estimate(100, 20), { value: 50, standardError: 5 });
  expect(drawn.interval!.lo).toBeCloseTo(exact.interval!.lo, 1);
  expect(drawn.interval!.hi).toBeCloseTo(exact.interval!.hi, 1);
  expect(iroasFromDraws(Float64Array.of(1, 2), Float64Array.of(-1, 2)).interval).toBeNull();
});

test('incrementality factor: incremental over claimed return', () => {
  const factor = incrementalityFactor(iroas(estimate(100, 20), 50), 4);
  expect(factor.value).toBe(0.5);
  expect(factor.interval!.hi).toBeCloseTo((100 + 1.6448536 * 20) / 200, 6);
  expect(() => incrementalityFactor(estimate(1, 1), 0)).toThrow(/platform/);
});

test('a test that cries wolf has its interval widened and its p-value dropped', () => {
  const wide = widenInterval(estimate(5, 1), 2);
  expect(wide.interval!.lo).toBeCloseTo(5 - 2 * 1.6448536, 6);
  expect(wide.pValue).toBeNull();
  expect(widenInterval(estimate(5, 1), 1).pValue).toBe(0.01);
});

test('Benjamini-Hochberg by hand (R 4.2.2: p.adjust(c(.01,.04,.03,.5), "BH"))', () => {
  const adjusted = benjaminiHochberg([0.01, 0.04, 0.03, 0.5]);
  for (const [i, value] of [0.04, 0.05333333, 0.05333333, 0.5].entries()) expect(adjusted[i]).toBeCloseTo(value, 7);
  expect(benjaminiHochberg([])).toEqual([]);
});

test('winners shrink towards the mean, noisy ones most, and the shrunken are closer to the truth', () => {
  const rng = random(5, 'winners');
  const truth = Array.from({ length: 200 }, () => 2 + rng.normal());
  const raw = truth.map((t) => ({ value: t + 2 * rng.normal(), standardError: 2 }));
  const shrunk = shrinkWinners(raw);
  const error = (values: { value: number }[]): number =>
    values.reduce((sum, { value }, i) => sum + (value - truth[i]) ** 2, 0);
  expect(error(shrunk)).toBeLessThan(0.4 * error(raw));
  const best = raw.reduce((a, b) => (b.value > a.value ? b : a));
  expect(shrunk[raw.indexOf(best)].value).toBeLessThan(best.value);
  const mixed = shrinkWinners([
    { value: 10, standardError: 1 },
    { value: 0, standardError: 1 },
    { value: 10, standardError: 5 },
  ]);
  expect(mixed[2].kept).toBeLessThan(mixed[0].kept);
  expect(shrinkWinners([{ value: 3, standardError: 1 }])).toEqual([{ value: 3, standardError: 1, kept: 1 }]);
  expect(
    shrinkWinners([
      { value: 1, standardError: 5 },
      { value: 1.1, standardError: 5 },
    ])[0].kept,
  ).toBe(0);
});

test.skipIf(!haveGoldens)('user_itt.csv comes out as X, with its MDE in the sentence', () => {
  const columns = goldenColumns('user_itt.csv');
  const arm = (assigned: number) =>
    armSums({ outcome: columns.revenue.filter((_, i) => columns.assigned[i] === assigned) });
  const [control, treated] = [arm(0), arm(1)];
  const { relative } = userItt(control, treated);
  const mde = (1.6448536 + 0.8416212) * relative.standardError!;
  const gates = runGates('users', {
    data: { arms: [control.n, treated.n] },
    assignment: {
      kind: 'randomised',
      loggedBefore: true,
      registeredBefore: true,
      sampleRatio: sampleRatio([control.n, treated.n], [1, 1]),
    },
    multiplicity: { pValues: [relative.pValue!], index: 0 },
    power: { pValue: relative.pValue!, mde, plausible: 0.05 },
  });
  const graded = gradeClaim({ design: 'users', gates, estimate: relative });
  expect(graded.grade).toBe('X');
  expect(allowedWords(graded, '+6.3 %')).toContain('0.113');
  expect(saleVerdict({ estimate: relative, graded, health: [] }).word).toBe('cannot_tell');
});
