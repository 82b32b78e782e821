import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../../models/numeric/random.ts';
import type { PlainRows } from '../../sql/plain.ts';
import { day, geoWorld, HEAD, type Measured, measured, type Row, sales } from '../worlds.ts';

const PRE = 70;
const DAYS = 84;
const TREATED = ['G03', 'G07'];
const LEAKED = ['G05', 'G09', 'G12'];
const REGIONS = Array.from({ length: 14 }, (_, g) => `G${String(g + 1).padStart(2, '0')}`);

/** Visits of two channels by region and day: e-mail goes its own way, the other one rises where the treatment is. */
function visits(): PlainRows['touch'] {
  const draw = random(5, 'visits');
  return REGIONS.flatMap((region) =>
    Array.from({ length: DAYS }, (_, t) => t).flatMap((t) =>
      (['email', 'cpc'] as const).flatMap((medium) => {
        const moved = medium === 'cpc' && TREATED.includes(region) && t >= PRE ? 8 : 0;
        return Array.from({ length: 2 + Math.floor(4 * draw.uniform()) + moved }, (_, i) => ({
          touch_id: `${region}-${t}-${medium}-${i}`,
          kind: 'page',
          touched_at: `${day(t)}T0${i % 10}:00:00Z`,
          utm_source_raw: medium === 'cpc' ? 'google' : 'newsletter',
          utm_medium_raw: medium,
          country: 'FR',
          region,
        }));
      }),
    ),
  );
}

describe('what a study names to be refuted by', () => {
  let world: Measured;
  const gate = async (id: string, name: string): Promise<Row | undefined> =>
    (await world.rows('lift_gate', id)).find((row) => row.gate === name);
  beforeAll(async () => {
    const study = (id: string, more: string): string =>
      `  - { id: ${id}, kind: geo, question: spend_sales, treated: [FR-G03, FR-G07], start: ${day(PRE)}, end: ${day(DAYS - 1)}, ${more} }\n`;
    world = await measured(
      `${HEAD}studies:
${study('still', 'neighbours: [FR-G01], negative_controls: [{ name: e-mail, channels: [Email] }]')}${study('leaky', 'neighbours: [FR-G05, FR-G09, FR-G12]')}${study('moved', 'negative_controls: [{ name: search, channels: [Paid Search] }, { name: e-mail, channels: [Email] }]')}${study('unknown', 'negative_controls: [{ name: nothing, products: [NO-SUCH-SKU] }]')}${study('plain', 'level: 0.9')}`,
      // the treatment drew buyers away from its neighbours, and nowhere else
      sales(
        geoWorld(11, 14, DAYS, (region, t) =>
          t < PRE ? 0 : TREATED.includes(region) ? 12 : LEAKED.includes(region) ? -45 : 0,
        ),
      ),
      { touch: visits() },
    );
  }, 60_000);
  afterAll(() => world.workspace.close());

  it('passes where neighbours change nothing and untouched outcomes stay still', async () => {
    expect(await gate('still', 'spillover')).toMatchObject({ verdict: 'passed', cap: null });
    expect(await gate('still', 'negative_controls')).toMatchObject({
      verdict: 'passed',
      sentence: 'None of 1 outcomes that cannot have been moved did move.',
    });
  });

  it('fails where buyers came from next door, and says by how much the effect moves', async () => {
    const found = await gate('leaky', 'spillover');
    expect(found).toMatchObject({ verdict: 'failed', cap: 'C' });
    expect(found!.sentence).toMatch(/Without 3 neighbouring units the effect moves by/);
    expect((await world.study('leaky')).grade).toBe('C');
  });

  it('fails where an outcome moved that the treatment cannot have moved, and names it', async () => {
    const found = await gate('moved', 'negative_controls');
    expect(found, String(found?.sentence)).toMatchObject({ verdict: 'failed', cap: 'C' });
    expect(found!.sentence).toMatch(/^search, which the campaign cannot have moved, moved too/);
  });

  it('is not run, which costs the grade, where nothing was loaded of what is named', async () => {
    const found = await gate('unknown', 'negative_controls');
    expect(found).toMatchObject({ verdict: 'not_run', cap: 'C' });
    expect(found!.sentence).toMatch(/nothing was loaded of the products NO-SUCH-SKU; check their names/);
  });

  it('does not apply where nothing is named', async () => {
    expect(await gate('plain', 'spillover')).toBeUndefined();
    expect(await gate('plain', 'negative_controls')).toBeUndefined();
  });
});

describe('a test of users that is looked at while it runs', () => {
  const START = 20;
  let world: Measured;
  beforeAll(async () => {
    const draw = random(17, 'peeking');
    const users = Array.from({ length: 400 }, (_, i) => ({ email: `u${i}@example.com`, treated: i % 2 === 0 }));
    const window = `start: ${day(START)}, end: ${day(START + 60)}`;
    world = await measured(
      `${HEAD}studies:
  - { id: early, kind: users, question: spend_sales, assignment: test, always_valid: true, planned_users: 1000, ${window} }
  - { id: once, kind: users, question: spend_sales, assignment: test, start: ${day(START)}, end: ${day(START + 20)} }
  - { id: not_yet, kind: users, question: spend_sales, assignment: test, ${window} }
`,
      {
        assignment: users.map(({ email, treated }) => ({
          study: 'test',
          unit_kind: 'user',
          unit: email,
          arm: treated ? 'treated' : 'holdout',
          assigned_at: `${day(START - 2)}T09:00:00Z`,
        })),
        conversion: users.flatMap(({ email, treated }, i) => ({
          conversion_id: email,
          kind: 'purchase',
          converted_at: `${day(START + (i % 21))}T10:00:00Z`,
          customer_key: email,
          revenue: (20 + 3 * draw.normal() + (treated ? 5 : 0)).toFixed(2),
          currency: 'EUR',
          has_analytics_consent: 'true',
        })),
      },
    );
  }, 60_000);
  afterAll(() => world.workspace.close());

  it('is read up to the newest day, by a wider interval, and says so', async () => {
    const [early, once] = [await world.study('early'), await world.study('once')];
    expect(early.value).toBe(once.value);
    expect(early.standard_error).toBe(once.standard_error);
    const width = (row: Row): number => Number(row.value_hi) - Number(row.value_lo);
    expect(width(early)).toBeGreaterThan(1.3 * width(once));
    expect(Number(early.p_value)).toBeGreaterThanOrEqual(Number(once.p_value));
    expect(Number(early.minimum_detectable_effect)).toBeGreaterThan(Number(once.minimum_detectable_effect));
    expect(early).toMatchObject({ grade: 'A', word: 'yes', reason: null });
    expect(early.sentence).toContain(`read up to ${day(START + 20)}`);
    // bounds of the share and of the total leave zero out together
    expect(Number(early.relative_lo)).toBeGreaterThan(0);
    expect(await world.rows('lift_power', 'early')).toEqual([]);
    const methods = await world.rows('lift_estimate', 'early');
    for (const { method, level, p_value, diagnostics } of methods)
      if (p_value !== null)
        expect([method, Number(level), JSON.parse(diagnostics!).planned_n]).toEqual([method, 0.9, 1000]);
  });

  it('waits for the end of its window when it does not allow for looking', async () => {
    expect((await world.study('not_yet')).reason).toMatch(/read when its window is over, not before/);
  });
});
