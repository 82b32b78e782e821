import { describe, expect, it } from 'vitest';
import type { Panel } from '../../../models/panel.ts';
import { addDays } from '../../../pipeline/finance/calendar.ts';
import { planHistory } from '../../../pipeline/plans/plan-history.ts';

/** Geos by day from 2026-01-01, 1000 times the geo and the day; NaN where told. */
function panelOf(units: readonly string[], days: number, gaps: readonly [unit: number, day: number][] = []): Panel {
  const outcome = Float64Array.from(
    { length: units.length * days },
    (_, i) => 1000 * Math.floor(i / days) + (i % days),
  );
  for (const [unit, day] of gaps) outcome[unit * days + day] = Number.NaN;
  return { units, periods: Array.from({ length: days }, (_, t) => addDays('2026-01-01', t)), outcome, covariates: {} };
}

describe('the history of a plan', () => {
  it('is the days that every geo has; a day that one misses is left out for all, and told', () => {
    const { panel, about, calendar } = planHistory(panelOf(['A', 'B', 'C'], 40, [[1, 5]]), {});
    expect(panel.periods).toHaveLength(39);
    expect(panel.periods).not.toContain('2026-01-06');
    expect([...panel.outcome.slice(39, 46)]).toEqual([1000, 1001, 1002, 1003, 1004, 1006, 1007]);
    expect(about).toEqual({
      from: '2026-01-01',
      to: '2026-02-09',
      days: 39,
      geos: 3,
      left_out_geos: [],
      left_out_days: ['2026-01-06'],
    });
    expect(calendar).toEqual({ stepDays: 1, days: 40, next: '2026-02-10' });
  });

  it('leaves out a geo that misses more than a tenth of the days', () => {
    const gaps = Array.from({ length: 5 }, (_, i): [number, number] => [2, 10 + i]);
    const { panel, about } = planHistory(panelOf(['A', 'B', 'C'], 40, gaps), {});
    expect([panel.units, panel.periods.length]).toEqual([['A', 'B'], 40]);
    expect(about.left_out_geos).toEqual(['C']);
  });

  it('begins and ends where most geos were loaded, and within the time that was asked for', () => {
    const late = [0, 1, 2].flatMap((unit) => Array.from({ length: 3 }, (_, i): [number, number] => [unit, 37 + i]));
    const early: [number, number][] = [
      [0, 0],
      [1, 0],
    ];
    const { about } = planHistory(panelOf(['A', 'B', 'C'], 40, [...early, ...late]), {});
    expect([about.from, about.to, about.days]).toEqual(['2026-01-02', '2026-02-06', 36]);
    const asked = planHistory(panelOf(['A', 'B'], 60), { from: '2026-01-11', to: '2026-02-20' });
    expect([asked.about.from, asked.about.to]).toEqual(['2026-01-11', '2026-02-20']);
  });

  it('begins with the first day that every geo has, and does not count what is before as left out', () => {
    const { about, calendar } = planHistory(
      panelOf(['A', 'B', 'C'], 40, [
        [0, 0],
        [0, 1],
        [2, 39],
      ]),
      {},
    );
    expect([about.from, about.to, about.days, about.left_out_days]).toEqual(['2026-01-03', '2026-02-08', 37, []]);
    expect(calendar).toEqual({ stepDays: 1, days: 37, next: '2026-02-09' });
  });

  it('says what is missing', () => {
    expect(() => planHistory(panelOf([], 40), {})).toThrow(/no day of the workspace tells sales by place/);
    expect(() => planHistory(panelOf(['A', 'B'], 40), { from: '2027-01-01' })).toThrow(/no day of that time/);
    expect(() => planHistory(panelOf(['A'], 40), {})).toThrow(
      /needs 2 places and 28 days without gaps; there are 1 and 40/,
    );
    expect(() => planHistory(panelOf(['A', 'B'], 20), {})).toThrow(/there are 2 and 20/);
  });
});
