import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day, geoWorld, HEAD, inside, type Measured, measured, sales } from '../worlds.ts';

const PRE = 70;
const DAYS = 84;

describe('a geo study whose geos began on different days', () => {
  let world: Measured;
  beforeAll(async () => {
    const began: Record<string, number> = { G03: PRE, G07: PRE + 4 };
    const study = `kind: geo, question: spend_sales, treated: [FR-G03, FR-G07], start: ${day(PRE)}, end: ${day(DAYS - 1)}`;
    world = await measured(
      `${HEAD}studies:
  - { id: apart, ${study}, starts: { FR-G07: ${day(PRE + 4)} }, neighbours: [FR-G01], contribution_margin: 0.5, spend: 50 }
  - { id: event_study, ${study}, starts: { FR-G07: ${day(PRE + 4)} }, method: callaway_santanna, because_sales_moved: true }
  - { id: together, ${study}, method: sdid }
`,
      sales(geoWorld(11, 16, DAYS, (region, t) => (t >= (began[region] ?? DAYS) ? 25 : 0))),
    );
  }, 60_000);
  afterAll(() => world.workspace.close());

  it('is read by cohorts: every geo from its own first day', async () => {
    const row = await world.study('apart');
    // 25 a day, 14 days in one geo and 10 in the other
    expect(inside(row, 25 * 24)).toBe(true);
    expect(row).toMatchObject({
      design: 'panel',
      primary_method: 'sdid',
      grade_ceiling: 'B',
      treated_units: '2',
      periods: 14,
      reason: null,
    });
    expect(['B', 'C']).toContain(row.grade);
    expect(Number(row.iroas)).toBeCloseTo(Number(row.value) / 50, 4);
    // days before its start count as treated when they are not told apart, and the effect is diluted
    expect(Number((await world.study('together')).value) / 28).toBeLessThan(Number(row.value) / 24);
  });

  it('has gates that name the cohort they judged, and is refuted like any other', async () => {
    const gates = await world.rows('lift_gate', 'apart');
    const sentence = (name: string): string => gates.find(({ gate }) => gate === name)!.sentence!;
    expect(sentence('pre_fit')).toMatch(new RegExp(`^Of FR-G0[37] \\(from ${day(PRE)}|${day(PRE + 4)}\\): `));
    expect(sentence('block_conformal')).toContain(`(from ${day(PRE)})`);
    expect(gates.map(({ gate }) => gate)).toEqual(expect.arrayContaining(['assignment', 'calendar', 'spillover']));
    const launched = (await world.rows('lift_gate', 'event_study')).find(({ gate }) => gate === 'assignment')!;
    expect(launched).toMatchObject({ verdict: 'failed', cap: 'C' });
  });

  it('has a series that adds up to what synthetic control of the cohorts finds', async () => {
    const series = await world.rows('lift_series', 'apart');
    expect(series).toHaveLength(DAYS);
    const last = series.find(({ period }) => period === day(DAYS - 1))!;
    const sc = (await world.rows('lift_estimate', 'apart')).find(({ method }) => method === 'sc')!;
    expect(Number(last.cumulative)).toBeCloseTo(Number(sc.value), 2);
    const weights = await world.rows('lift_weight', 'apart');
    expect(weights.reduce((sum, { weight }) => sum + Number(weight), 0)).toBeCloseTo(1, 4);
  });

  it('puts the other estimators beside it', async () => {
    const methods = (await world.rows('lift_estimate', 'event_study')).map(({ method, is_primary }) => [
      method,
      is_primary,
    ]);
    expect(methods).toEqual(
      expect.arrayContaining([
        ['callaway_santanna', true],
        ['sdid', false],
        ['sc', false],
        ['bsts', false],
      ]),
    );
  });
});
