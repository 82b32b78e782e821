import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postingRows, postingSchedule } from '../../models/lift/posting-schedule.ts';
import { random } from '../../models/numeric/random.ts';
import { forgetStudies, isMeasured, measureStudies } from '../../pipeline/measure-lift.ts';
import type { PlainRows } from '../sql/plain.ts';
import { day, geoWorld, HEAD, inside, type Measured, measured, type Row, sales } from './worlds.ts';

describe('a geo study', () => {
  const PRE = 70;
  const DAYS = 84;
  let world: Measured;
  beforeAll(async () => {
    const treated = ['G03', 'G07'];
    world = await measured(
      `${HEAD}campaigns:
  - { id: winter, starts: ${day(PRE)}, ends: ${day(DAYS - 1)} }
  - { id: autumn, starts: ${day(DAYS - 7)} }
  - { id: other, starts: ${day(PRE)}, ends: ${day(DAYS - 1)} }
studies:
  - { id: held, kind: geo, question: spend_sales, campaigns: [winter], treated: [FR-G03, FR-G07], start: ${day(PRE)}, end: ${day(DAYS - 1)},
      spend: 200, contribution_margin: 0.5 }
  - { id: by_did, kind: geo, question: spend_sales, method: did, treated: [FR-G03, FR-G07], start: ${day(PRE)}, end: ${day(DAYS - 1)} }
  - { id: later, kind: geo, question: spend_sales, treated: [FR-G03], start: ${day(DAYS - 7)}, end: ${day(DAYS + 7)} }
  - { id: nowhere, kind: geo, question: spend_sales, treated: [FR-G99], start: ${day(PRE)}, end: ${day(DAYS - 1)} }
  - { id: tiny, kind: geo, question: spend_sales, treated: [FR-XX], start: ${day(PRE)}, end: ${day(DAYS - 1)} }
  - { id: undrawn, kind: geo, question: spend_sales, method: randomised, start: ${day(PRE)}, end: ${day(DAYS - 1)} }
  - { id: nobody, kind: users, question: spend_sales, start: ${day(PRE)}, end: ${day(DAYS - 1)} }
`,
      sales(geoWorld(11, 16, DAYS, (region, t) => (treated.includes(region) && t >= PRE ? 12 : 0))),
      {
        conversion: sales([{ region: 'XX', t: 3, revenue: 5 }]).conversion!.map((row) => ({
          ...row,
          conversion_id: 'tiny',
        })),
      },
    );
  }, 60_000);
  afterAll(() => world.workspace.close());

  it('finds what was planted, with gates, series and weights, and says no more than its design carries', async () => {
    const row = await world.study('held');
    // 12 a day in 2 geos over 14 days
    expect(inside(row, 12 * 2 * 14)).toBe(true);
    expect(row).toMatchObject({
      claim: 'spend_sales',
      is_registered: true,
      design: 'panel',
      primary_method: 'sc',
      unit: 'EUR',
      grade_ceiling: 'B',
      geos: 'FR-G03,FR-G07',
      driver: 'winter',
      treated_units: '2',
      control_units: '14',
      periods: 14,
      reason: null,
    });
    expect(['B', 'C']).toContain(row.grade);
    expect(row.sentence).toMatch(row.grade === 'B' ? /very likely caused/ : /consistent with/);
    const gates = await world.rows('lift_gate', 'held');
    expect(gates.map(({ gate }) => gate)).toEqual(
      expect.arrayContaining(['data', 'assignment', 'placebo_space', 'calendar', 'calibration']),
    );
    const series = await world.rows('lift_series', 'held');
    expect(series).toHaveLength(DAYS);
    const last = series.find(({ period }) => period === day(DAYS - 1))!;
    expect(Number(last.cumulative)).toBeCloseTo(Number(row.value), 2);
    const weights = (await world.rows('lift_weight', 'held')).filter(
      ({ method, kind }) => method === 'sc' && kind === 'unit',
    );
    expect(weights.reduce((sum, { weight }) => sum + Number(weight), 0)).toBeCloseTo(1, 4);
    const units = await world.rows('lift_unit', 'held');
    expect(units.filter(({ arm }) => arm === 'treated')).toHaveLength(Number(row.treated_units));
    expect(units.filter(({ arm }) => arm === 'control')).toHaveLength(Number(row.control_units));
  });

  it('puts every other estimator beside the registered one, which alone is the headline', async () => {
    const row = await world.study('by_did');
    const estimates = await world.rows('lift_estimate', 'by_did');
    expect(estimates.map(({ method }) => method).sort()).toEqual(['ascm', 'bsts', 'did', 'sc', 'sdid', 'tbr']);
    const primary = estimates.filter(({ is_primary }) => is_primary as unknown as boolean);
    expect(primary.map(({ method, value }) => [method, value])).toEqual([['did', row.value]]);
    expect(Number(row.spread_lo)).toBeLessThanOrEqual(Number(row.spread_median));
  });

  it('tells return, break-even and whether it paid, from the spend that was registered', async () => {
    const row = await world.study('held');
    expect(Number(row.spend)).toBe(200);
    expect(Number(row.break_even)).toBe(400);
    expect(Number(row.iroas)).toBeCloseTo(Number(row.value) / 200, 4);
    expect(row.pays_sentence).toMatch(/paid|pay/);
  });

  it.each([
    ['later', /runs until .* and data reach/],
    ['nowhere', /nothing was loaded of geo FR-G99/],
    ['tiny', /too few persons/],
    ['undrawn', /no geo is treated/],
    ['nobody', /no user was assigned/],
  ])('%s cannot be measured, which is an answer and no failure', async (id, reason) => {
    const row = await world.study(id);
    expect(row).toMatchObject({ grade: 'X', word: 'cannot_tell_yet', value: null });
    expect(row.reason).toMatch(reason);
    expect(row.sentence).toMatch(/^We cannot tell yet\./);
  });

  it('reads a campaign that nobody registered as before and after, grade C at most, and says so', async () => {
    const row = await world.study('campaign:other');
    expect(row).toMatchObject({ is_registered: false, design: 'series', grade_ceiling: 'C' });
    expect(['C', 'X']).toContain(row.grade);
    expect(row.sentence).toContain('Nobody registered this question');
    expect((await world.study('campaign:autumn')).reason).toMatch(/no last day/);
    const ids = await world.workspace.warehouse.rows<{ study_id: string }>('select study_id from result.lift_study');
    // the campaign that a study asks about is not read a second time
    expect(ids.map(({ study_id }) => study_id)).not.toContain('campaign:winter');
  });

  it('counts what was looked at and adjusts for it', async () => {
    const rows = await world.workspace.warehouse.rows<Row>('select * from result.lift_study');
    const tested = rows.filter(({ p_value }) => p_value !== null);
    expect(tested.length).toBeGreaterThanOrEqual(3);
    for (const row of rows) expect(Number(row.looked_at)).toBe(tested.length);
    for (const row of tested) expect(Number(row.q_value)).toBeGreaterThanOrEqual(Number(row.p_value));
  });

  it('says the same again, byte for byte', async () => {
    const { warehouse, config } = world.workspace;
    const dump = async (): Promise<string> => {
      const parts: unknown[] = [];
      for (const table of ['study', 'estimate', 'series', 'weight', 'gate'])
        parts.push(await warehouse.rows(`select * from result.lift_${table} order by all`));
      return JSON.stringify(parts);
    };
    const before = await dump();
    expect(await isMeasured(warehouse, config)).toBe(true);
    await forgetStudies(warehouse);
    expect(await isMeasured(warehouse, config)).toBe(false);
    await measureStudies(warehouse, config);
    expect(await dump()).toBe(before);
  });
});

describe('a geo study whose geos were drawn', () => {
  const PRE = 40;
  const DAYS = 61;
  const treated = ['G01', 'G04', 'G05', 'G08', 'G10', 'G11'];
  let world: Measured;
  const log = (study: string, at: number): PlainRows['assignment'] =>
    Array.from({ length: 12 }, (_, g) => `G${String(g + 1).padStart(2, '0')}`).map((region) => ({
      study,
      unit_kind: 'geo',
      unit: `FR-${region}`,
      arm: treated.includes(region) ? 'treated' : 'holdout',
      assigned_at: `${day(at)}T09:00:00Z`,
    }));
  beforeAll(async () => {
    const window = `start: ${day(PRE)}, end: ${day(DAYS - 1)}`;
    world = await measured(
      `${HEAD}studies:
  - { id: drawn, kind: geo, question: spend_sales, method: randomised, ${window} }
  - { id: logged_late, kind: geo, question: spend_sales, method: randomised, ${window} }
  - { id: paired, kind: geo, question: spend_sales, assignment: drawn, registered: ${day(30)}, ${window},
      pairs: [[FR-G01, FR-G02], [FR-G03, FR-G04], [FR-G05, FR-G06], [FR-G07, FR-G08], [FR-G09, FR-G10], [FR-G11, FR-G12]] }
`,
      sales(geoWorld(7, 14, DAYS, (region, t) => (treated.includes(region) && t >= PRE ? 15 : 0))),
      { assignment: [...log('drawn', PRE - 3)!, ...log('logged_late', DAYS - 2)!] },
    );
  }, 60_000);
  afterAll(() => world.workspace.close());

  it('is an experiment: A, read by the draw alone, the truth inside', async () => {
    const row = await world.study('drawn');
    expect(row).toMatchObject({
      design: 'geo_experiment',
      grade: 'A',
      word: 'yes',
      treated_units: '6',
      control_units: '6',
    });
    expect(inside(row, 15 * 6 * 21)).toBe(true);
    expect(row.sentence).toContain('caused');
    expect(row.cheapest_next_test).toBeNull();
  });

  it('is none when the draw was written down after the outcomes', async () => {
    const row = await world.study('logged_late');
    expect(row.grade).toBe('C');
    expect(row.sentence).toContain('not logged before the outcomes');
  });

  it('can be read within its pairs', async () => {
    const row = await world.study('paired');
    expect(row).toMatchObject({ primary_method: 'paired', design: 'geo_experiment' });
    expect(Math.abs(Number(row.value) / (15 * 6 * 21) - 1)).toBeLessThan(0.4);
    // the same draw again, by another method: every one of 2^6 coins at its side
    expect(Number(row.p_value)).toBeCloseTo(2 / 64, 6);
  });
});

describe('a study of users', () => {
  const PRE = 20;
  const DAYS = 50;
  /** every user buys before; the treated buy for 4 more, on average */
  function userWorld(study: string, treatedShare: number, lift: number): PlainRows {
    const draw = random(17, study);
    const users = Array.from({ length: 600 }, (_, i) => ({
      email: `${study}-${i}@example.com`,
      treated: draw.uniform() < treatedShare,
      base: 10 + 6 * draw.uniform(),
    }));
    return {
      assignment: users.map(({ email, treated }) => ({
        study,
        unit_kind: 'user',
        unit: email,
        arm: treated ? 'treated' : 'holdout',
        assigned_at: `${day(PRE - 2)}T09:00:00Z`,
      })),
      conversion: users.flatMap(({ email, treated, base }, i) =>
        [PRE - 10, PRE + 5 + (i % 20)].map((t) => ({
          conversion_id: `${email}-${t}`,
          kind: 'purchase',
          converted_at: `${day(t)}T10:00:00Z`,
          customer_key: email,
          revenue: (base + draw.normal() + (treated && t >= PRE ? lift : 0)).toFixed(2),
          currency: 'EUR',
          has_analytics_consent: 'true',
        })),
      ),
    };
  }
  let world: Measured;
  beforeAll(async () => {
    const window = `start: ${day(PRE)}, end: ${day(DAYS - 1)}`;
    const parts = [userWorld('even', 0.5, 2), userWorld('broken', 0.35, 2), userWorld('idle', 0.5, 0)];
    world = await measured(
      `${HEAD}studies:
  - { id: even, kind: users, question: spend_sales, planned_share: 0.5, ${window} }
  - { id: by_history, kind: users, question: spend_sales, planned_share: 0.5, assignment: even, method: cuped, ${window} }
  - { id: broken, kind: users, question: spend_sales, planned_share: 0.5, ${window} }
  - { id: idle, kind: users, question: spend_sales, planned_share: 0.5, margin: 0.1, ${window} }
`,
      {
        assignment: parts.flatMap(({ assignment }) => assignment!),
        conversion: [
          ...parts.flatMap(({ conversion }) => conversion!),
          // a sale on the last day, of nobody: data reach the end of the window
          {
            conversion_id: 'last',
            kind: 'purchase',
            converted_at: `${day(DAYS - 1)}T10:00:00Z`,
            revenue: '1',
            currency: 'EUR',
          },
          ...Array.from({ length: DAYS }, (_, t) => ({
            conversion_id: `daily-${t}`,
            kind: 'purchase',
            converted_at: `${day(t)}T11:00:00Z`,
            revenue: '1',
            currency: 'EUR',
          })),
        ],
      },
    );
  }, 60_000);
  afterAll(() => world.workspace.close());

  it('with arms of the planned size is an experiment, and the truth is inside', async () => {
    const row = await world.study('even');
    expect(row).toMatchObject({ design: 'users', grade: 'A', word: 'yes', primary_method: 'itt' });
    expect(inside(row, 2 * Number(row.treated_units))).toBe(true);
    expect(Number(row.treated_units) + Number(row.control_units)).toBe(600);
  });

  it('is sharper with what the users bought before', async () => {
    const [plain, history] = [await world.study('even'), await world.study('by_history')];
    expect(Number(history.standard_error)).toBeLessThan(0.8 * Number(plain.standard_error));
    expect(inside(history, 2 * Number(history.treated_units))).toBe(true);
  });

  it('with arms of another size says nothing: assignment or logging broke', async () => {
    const row = await world.study('broken');
    expect(row).toMatchObject({ grade: 'X', word: 'cannot_tell_yet' });
    expect(row.sentence).toContain('not the planned split');
  });

  it('without an effect says "no useful effect" only because a margin was registered', async () => {
    const row = await world.study('idle');
    expect(['no_useful_effect', 'cannot_tell', 'probably']).toContain(row.word);
    if (row.word === 'no_useful_effect') expect(row.grade).toBe('A');
  });
});

describe('a posting schedule', () => {
  const REGIONS = ['P1', 'P2', 'P3', 'P4', 'P5', 'P6'];
  const PRE = 10;
  const BLOCKS = 8;
  const LENGTH = 7;
  const DAYS = PRE + BLOCKS * LENGTH;
  let world: Measured;
  let on: Map<string, boolean>;
  beforeAll(async () => {
    const draw = random(3, 'schedule');
    const regions = REGIONS.map((region) => `FR-${region}`);
    const drawn = postingSchedule({ regions, blocks: BLOCKS, blockLength: LENGTH, washout: 1, seed: 4 });
    on = new Map(postingRows(drawn).map(({ region, block, post }) => [`${region.slice(3)} ${block}`, post]));
    const posts = (region: string, t: number): boolean =>
      t >= PRE && on.get(`${region} ${Math.floor((t - PRE) / LENGTH)}`) === true;
    const cells = geoWorld(21, 6, DAYS, () => 0, 2).map((cell) => ({
      ...cell,
      region: cell.region.replace('G0', 'P'),
    }));
    // a post brings 20 reactions, and a reaction sells for 0.5
    const reactions = cells.map(({ region, t }) => ({
      region,
      t,
      value: 40 + (posts(region, t) ? 20 : 0) + Math.round(3 * draw.normal()),
    }));
    const sold = cells.map((cell) => ({ ...cell, revenue: cell.revenue + (posts(cell.region, cell.t) ? 10 : 0) }));
    const blocks = [...on].map(([key, isOn]) => {
      const [region, block] = key.split(' ');
      return { unit: `FR-${region}@${day(PRE + Number(block) * LENGTH)}`, arm: isOn ? 'on' : 'off' };
    });
    const window = `start: ${day(PRE)}, end: ${day(DAYS - 1)}, block_days: ${LENGTH}, washout_days: 1`;
    world = await measured(
      `${HEAD}studies:
  - { id: schedule, kind: posting, question: posting_sales, channels: [Organic Social], ${window} }
  - { id: seeded, kind: posting, question: posting_sales, treated: [${REGIONS.map((region) => `FR-${region}`).join(', ')}], seed: 4, registered: ${day(2)}, ${window} }
  - { id: unseeded, kind: posting, question: posting_sales, ${window} }
  - { id: torn, kind: posting, question: posting_sales, ${window} }
`,
      sales(sold),
      {
        metric_observation: reactions.map(({ region, t, value }) => ({
          platform: 'instagram',
          account_id: 'a',
          entity_type: 'account',
          entity_id: 'a',
          metric: 'reactions',
          grain: 'day',
          from_date: day(t),
          to_date: day(t),
          breakdown: `region=${region}`,
          value: String(value),
          additivity: 'additive',
          country: 'FR',
          region,
        })),
        assignment: [
          ...blocks.map((block) => ({
            study: 'schedule',
            unit_kind: 'block',
            ...block,
            assigned_at: `${day(2)}T00:00:00Z`,
          })),
          ...blocks
            .slice(1)
            .map((block) => ({ study: 'torn', unit_kind: 'block', ...block, assigned_at: `${day(2)}T00:00:00Z` })),
        ],
      },
    );
  }, 60_000);
  afterAll(() => world.workspace.close());

  it('tells the three claims apart, each with the truth inside', async () => {
    const cells = [...on.values()].filter(Boolean).length * (LENGTH - 1);
    const sold = await world.study('schedule');
    expect(sold).toMatchObject({
      claim: 'posting_sales',
      grade: 'A',
      word: 'yes',
      design: 'switchback',
      unit: 'EUR',
      driver: 'Organic Social',
    });
    expect(inside(sold, 10 * cells)).toBe(true);
    const engaged = await world.study('schedule:posting_engagement');
    expect(engaged).toMatchObject({
      claim: 'posting_engagement',
      grade: 'A',
      unit: 'count',
      outcome: 'engagements',
      study: 'schedule',
    });
    expect(inside(engaged, 20 * cells)).toBe(true);
    const worth = await world.study('schedule:engagement_sales');
    expect(worth).toMatchObject({ claim: 'engagement_sales', unit: 'EUR', reason: null });
    expect(inside(worth, 0.5)).toBe(true);
    expect(worth.sentence).toContain('per engagement');
    const [estimate] = await world.rows('lift_estimate', 'schedule:engagement_sales');
    expect(JSON.parse(estimate.diagnostics!).first_stage_f).toBeGreaterThan(10);
  });

  it('is drawn again from the seed of its entry where nobody logged it', async () => {
    const row = await world.study('seeded');
    expect(row).toMatchObject({
      grade: 'A',
      value: (await world.study('schedule')).value,
      geos: 'FR-P1,FR-P2,FR-P3,FR-P4,FR-P5,FR-P6',
    });
    expect((await world.study('unseeded')).reason).toMatch(/its schedule was not loaded/);
  });

  it('with a block that nobody logged is not read, in none of its claims', async () => {
    for (const id of ['torn', 'torn:posting_engagement', 'torn:engagement_sales']) {
      const row = await world.study(id);
      expect(row.reason).toMatch(/is not one on and one off/);
      expect(row.grade).toBe('X');
    }
  });
});

describe('before and after', () => {
  const PRE = 120;
  const DAYS = 140;
  let world: Measured;
  beforeAll(async () => {
    const draw = random(8, 'boycott');
    const level = Array.from({ length: DAYS }, () => 200 + 4 * draw.normal());
    const anger = (t: number): number => (t < PRE ? 1 : 30 + 4 * (DAYS - t));
    world = await measured(
      `${HEAD}lift: { read_campaigns: false }
campaigns: [{ id: launch, starts: ${day(PRE)}, ends: ${day(DAYS - 1)} }]
studies:
  - { id: boycott, kind: boycott, question: boycott_sales, start: ${day(PRE)}, end: ${day(DAYS - 1)}, plausible_lift: 0.5 }
  - { id: launch, kind: campaign, question: posting_sales, campaigns: [launch], start: ${day(PRE)}, end: ${day(DAYS - 1)} }
`,
      sales(level.map((y, t) => ({ region: 'A', t, revenue: y - (t >= PRE ? anger(t) / 2 : 0) }))),
      {
        metric_observation: level.flatMap((_, t) =>
          [
            { metric: 'reactions_anger', value: anger(t) },
            // the angry ones are among them
            { metric: 'reactions', value: anger(t) + 50 + (t % 3) + (t >= PRE ? 10 : 0) },
          ].map(({ metric, value }) => ({
            platform: 'facebook',
            account_id: 'a',
            entity_type: 'account',
            entity_id: 'a',
            metric,
            grain: 'day',
            from_date: day(t),
            to_date: day(t),
            value: String(value),
            additivity: 'additive',
          })),
        ),
      },
    );
  }, 60_000);
  afterAll(() => world.workspace.close());

  it('a boycott is a loss with its interval, grade C at most, its dose the negative engagement of the day', async () => {
    const row = await world.study('boycott');
    const truth = -Array.from({ length: DAYS - PRE }, (_, i) => (30 + 4 * (DAYS - PRE - i)) / 2).reduce(
      (a, b) => a + b,
      0,
    );
    expect(row).toMatchObject({ claim: 'boycott_sales', grade_ceiling: 'C', grade: 'C' });
    expect(Number(row.value_hi)).toBeLessThan(0);
    expect(inside(row, truth)).toBe(true);
    const dose = (await world.rows('lift_gate', 'boycott')).find(({ gate }) => gate === 'dose_response')!;
    expect(dose.verdict).toBe('passed');
  });

  it('a registered campaign is grade C at most as well', async () => {
    const row = await world.study('launch');
    expect(row.grade_ceiling).toBe('C');
    expect(['C', 'X']).toContain(row.grade);
  });

  it('tells apart what posting moved, and gives an engagement no price without a coin', async () => {
    const engaged = await world.study('launch:posting_engagement');
    expect(engaged).toMatchObject({ claim: 'posting_engagement', outcome: 'engagements', unit: 'count', iroas: null });
    // ten reactions more a day
    expect(inside(engaged, 10 * (DAYS - PRE))).toBe(true);
    expect((await world.study('launch:engagement_sales')).reason).toMatch(/never by comparing sales with likes/);
  });

  it('campaigns are left alone where the configuration says so', async () => {
    const rows = await world.workspace.warehouse.rows<Row>('select study_id from result.lift_study order by study_id');
    expect(rows.map(({ study_id }) => study_id)).toEqual([
      'boycott',
      'launch',
      'launch:engagement_sales',
      'launch:posting_engagement',
    ]);
  });
});

describe('a boycott in some places', () => {
  const PRE = 60;
  const DAYS = 74;
  const treated = ['G02', 'G05', 'G09', 'G12'];
  /** loudest in the last of them */
  const loud = (region: string): number => treated.indexOf(region) + 1;
  let world: Measured;
  beforeAll(async () => {
    const cells = geoWorld(13, 18, DAYS, (region, t) => (loud(region) > 0 && t >= PRE ? -6 * loud(region) : 0), 1.5);
    world = await measured(
      `${HEAD}studies:
  - { id: boycott, kind: boycott, question: boycott_sales, treated: [${treated.map((geo) => `FR-${geo}`).join(', ')}], start: ${day(PRE)}, end: ${day(DAYS - 1)} }
`,
      sales(cells),
      {
        engagement_event: cells.flatMap(({ region, t }) =>
          Array.from({ length: t >= PRE ? 3 * loud(region) : t % 20 === 0 ? 1 : 0 }, (_, i) => ({
            platform: 'mastodon',
            engagement_id: `${region}-${t}-${i}`,
            kind: 'reply',
            polarity: '-1',
            occurred_at: `${day(t)}T10:00:00Z`,
            country: 'FR',
            region,
          })),
        ),
      },
    );
  }, 60_000);
  afterAll(() => world.workspace.close());

  it('is compared with the places where nobody was angry, and the loss grows with the anger', async () => {
    const row = await world.study('boycott');
    expect(row).toMatchObject({ design: 'panel', primary_method: 'sc', grade_ceiling: 'B' });
    expect(Number(row.value_hi)).toBeLessThan(0);
    expect(inside(row, -6 * (1 + 2 + 3 + 4) * (DAYS - PRE))).toBe(true);
    const gates = await world.rows('lift_gate', 'boycott');
    const verdict = (id: string): string | null => gates.find(({ gate }) => gate === id)!.verdict;
    expect(verdict('dose_response')).toBe('passed');
    expect(gates.map(({ gate }) => gate)).toContain('reverse_causality');
    if (row.grade === 'B') expect(row.word).toBe('cost_sales');
  });
});

describe('a panel with days that were not loaded', () => {
  const PRE = 50;
  const DAYS = 64;
  let world: Measured;
  beforeAll(async () => {
    const lost = [20, PRE + 3];
    const cells = geoWorld(31, 14, DAYS, (region, t) => (region === 'G06' && t >= PRE ? 25 : 0)).filter(
      ({ t }) => !lost.includes(t),
    );
    world = await measured(
      `${HEAD}studies:
  - { id: holey, kind: geo, question: spend_sales, treated: [FR-G06], start: ${day(PRE)}, end: ${day(DAYS - 1)} }
  - { id: worn, kind: geo, question: spend_sales, treated: [FR-G06], start: ${day(PRE + 2)}, end: ${day(PRE + 5)} }
`,
      sales(cells),
    );
  }, 60_000);
  afterAll(() => world.workspace.close());

  it('is read on the days that were, which costs it grade B', async () => {
    const row = await world.study('holey');
    expect(row).toMatchObject({ grade: 'C', periods: DAYS - PRE - 1, reason: null });
    // a zero in place of the gap would have cost a whole day of sales
    expect(inside(row, 25 * (DAYS - PRE - 1))).toBe(true);
    const data = (await world.rows('lift_gate', 'holey')).find(({ gate }) => gate === 'data')!;
    expect(data).toMatchObject({ verdict: 'failed', cap: 'C' });
    expect(data.sentence).toContain('28 cells are missing');
    const days = (await world.rows('lift_series', 'holey')).map(({ period }) => period);
    expect(days).not.toContain(day(PRE + 3));
  });

  it('is not read when more than one day in ten of the window is missing', async () => {
    expect((await world.study('worn')).reason).toMatch(/2 of 56 days were not loaded \(2026-01-21, 2026-02-23\)/);
  });
});
