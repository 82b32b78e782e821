import { describe, expect, it } from 'vitest';
import { InputError } from '../../../models/errors.ts';
import { panelView, treatedMean } from '../../../models/lift/panel-view.ts';
import type { Panel, Treatment } from '../../../models/panel.ts';

const panel: Panel = {
  units: ['b', 'a', 'c'],
  periods: ['2026-01', '2026-02', '2026-03', '2026-04'],
  outcome: Float64Array.from([10, 20, 30, 40, 1, 2, 3, 4, 5, 5, 6, 6]),
  covariates: {},
};

function treated(starts: Record<string, number>, end?: number): Treatment {
  return { firstTreated: new Map(Object.entries(starts)), end };
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'no error';
}

describe('panelView', () => {
  it('puts controls first and treated units last, and cuts the panel at the end of the treatment', () => {
    const view = panelView(panel, treated({ b: 2 }, 3));
    expect(view).toMatchObject({
      units: ['a', 'c', 'b'],
      periods: ['2026-01', '2026-02', '2026-03'],
      controls: 2,
      treated: 1,
      pre: 2,
      post: 1,
    });
    expect([...view.outcome]).toEqual([1, 2, 3, 5, 5, 6, 10, 20, 30]);
  });

  it('averages the treated units per period', () => {
    const view = panelView(panel, treated({ b: 2, c: 2 }));
    expect([...treatedMean(view)]).toEqual([7.5, 12.5, 18, 23]);
  });

  it('leaves the panel as it came', () => {
    const before = [...panel.outcome];
    panelView(panel, treated({ b: 2 })).outcome.fill(0);
    expect([...panel.outcome]).toEqual(before);
  });

  const withCell = (at: number, value: number): Panel => ({ ...panel, outcome: panel.outcome.with(at, value) });
  it.each([
    [
      'a missing cell',
      withCell(5, Number.NaN),
      { b: 2 },
      /^bad_panel: unit a, period 2026-02: outcome is missing \(1 such/,
    ],
    ['an infinite cell', withCell(5, Number.POSITIVE_INFINITY), { b: 2 }, /^bad_panel: unit a, period 2026-02/],
    ['a start in the first period', panel, { b: 0 }, /^bad_panel: treatment starts in the first period \(2026-01\)/],
    ['a start past the end', panel, { b: 4 }, /^bad_panel: treatment starts at period number 4/],
    ['nobody treated', panel, {}, /^bad_panel: no unit is treated/],
    ['everybody treated', panel, { a: 2, b: 2, c: 2 }, /^bad_panel: every unit is treated/],
    ['an unknown treated unit', panel, { d: 2 }, /^unknown_name: treated unit d is not in the panel/],
    ['two starts', panel, { a: 2, b: 3 }, /^bad_panel: a starts in period 2026-03 and b in 2026-04.*callaway_santanna/],
    ['a repeated unit', { ...panel, units: ['a', 'a', 'c'] }, { a: 2 }, /^bad_panel: unit a appears twice/],
    ['a repeated period', { ...panel, periods: ['1', '1', '2', '3'] }, { a: 2 }, /^bad_panel: period 1 appears twice/],
    [
      'one unit',
      { ...panel, units: ['a'], outcome: new Float64Array(4) },
      { a: 2 },
      /^bad_panel: the panel has 1 unit;/,
    ],
    [
      'a constant treated outcome',
      { ...panel, outcome: Float64Array.from([7, 7, 7, 7, 1, 2, 3, 4, 5, 5, 6, 6]) },
      { b: 2 },
      /^bad_panel: the outcome of the treated units never changes/,
    ],
    [
      'constant controls',
      { ...panel, outcome: Float64Array.from([1, 2, 3, 4, 7, 7, 7, 7, 5, 5, 5, 5]) },
      { b: 2 },
      /^bad_panel: the outcome of the control units never changes/,
    ],
  ] as const)('refuses %s and says what to change', (_, given, starts, message) => {
    expect(codeOf(() => panelView(given as Panel, treated(starts)))).toMatch(message);
  });

  it('refuses an end that is not after the start', () => {
    expect(codeOf(() => panelView(panel, treated({ b: 2 }, 2)))).toMatch(
      /^bad_panel: treatment ends before period number 2/,
    );
  });
});
