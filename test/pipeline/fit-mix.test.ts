import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SimulatedMarket } from '../../models/mix/index.ts';
import { catalogOf } from '../../pipeline/catalog.ts';
import { type Config, parseConfig } from '../../pipeline/config.ts';
import { currentRun } from '../../pipeline/current-run.ts';
import { fitWorkspaceMix } from '../../pipeline/fit-mix.ts';
import { makeReport } from '../../pipeline/reports.ts';
import { openResults } from '../../pipeline/results.ts';
import { run } from '../../pipeline/run.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { ingestMarket, ingestRows } from './mix-market.ts';

const yaml = (mix: string): string => `workspace: acme
reporting: { time_zone: UTC, currency: EUR }
models: { run: [last_touch], default: last_touch, replicates: 0 }
privacy: { k: 5 }
geo_map: [{ country: C1, geo: north }, { country: C2, geo: south }]
${mix}
`;
const SAMPLING = 'seed: 3, chains: 2, draws: 150, warmup: 150';
const now = new Date('2026-07-02T00:00:00Z');
const configOf = (mix: string): Config => parseConfig(yaml(mix), 'test');

/** Every row of the tables of the mix, as text. */
async function everything({ warehouse }: TestWorkspace): Promise<string> {
  const tables = ['driver', 'parameter', 'decomposition', 'response', 'budget', 'budget_curve', 'fit', 'diagnostic'];
  const rows = [];
  for (const table of tables) rows.push(await warehouse.rows(`select * from result.mix_${table} order by all`));
  return JSON.stringify(rows);
}

describe('a workspace with a mix', () => {
  let workspace: TestWorkspace;
  let market: SimulatedMarket;
  const rows = <T>(sql: string): Promise<T[]> => workspace.warehouse.rows<T>(sql);

  beforeAll(async () => {
    workspace = await testWorkspace(yaml(`mix: { ${SAMPLING} }`));
    market = await ingestMarket(workspace, { seed: 1, weeks: 100, paid: 2, organic: 1, negative: 1 });
    const { mix } = await run(workspace, { now });
    const notes = ['paid1_ads has no row in the last 10 weeks, though it was loaded since: read as nothing running'];
    expect(mix).toEqual({ status: 'ok', refitted: true, message: null, code: null, notes });
  });
  afterAll(() => workspace.close());

  it('derives its drivers from the data, and its intervals hold the true contributions', async () => {
    const drivers = await rows<Record<string, string>>('select * from report.mix_driver order by position');
    expect(drivers.map(({ driver, kind }) => `${driver} ${kind}`)).toEqual([
      'paid1_ads paid',
      'paid2_ads paid',
      'organic3 organic',
      'negative negative',
    ]);
    drivers.forEach((row, i) => {
      expect(Number(row.contribution_lo)).toBeLessThan(market.truth[i].contribution);
      expect(Number(row.contribution_hi)).toBeGreaterThan(market.truth[i].contribution);
      expect(row.grade).toBe('E');
    });
    const spent = market.panel.covariates.paid1.reduce((a, b) => a + b, 0);
    expect(Number(drivers[0].spend)).toBeCloseTo(spent, 0);
    expect(Number(drivers[0].roi)).toBeCloseTo(Number(drivers[0].contribution) / spent, 2);
    expect(drivers[2].spend).toBeNull();
  });

  it('takes each week apart without a remainder, and foretells the weeks that a second fit did not see', async () => {
    const off = await rows(`
      select part.week_date from report.mix_decomposition as part
      inner join report.mix_fit as fit on fit.week_date = part.week_date
      group by part.week_date, fit.fitted having abs(sum(part.amount) - fit.fitted) > 0.0001`);
    expect(off).toEqual([]);
    const fit = await rows<Record<string, string | boolean | null>>('select * from report.mix_fit order by week_date');
    expect(fit).toHaveLength(100);
    expect(fit.filter((row) => row.is_held_out)).toHaveLength(8);
    expect(fit.every((row) => (row.foretold !== null) === row.is_held_out)).toBe(true);
    expect(Number(fit[0].actual)).toBeCloseTo(market.panel.outcome[0], 1);
    const [r2] = await rows<{ value: string }>(`select value from report.mix_diagnostic where code = 'holdout_r2'`);
    expect(Number(r2.value)).toBeGreaterThan(0.5);
  });

  it('is published with the run, and stands while its inputs do', async () => {
    const before = currentRun(workspace.paths)!;
    expect(before.files.map(({ name }) => name)).toContain('mix_driver.parquet');
    const said: string[] = [];
    const { mix, manifest } = await run(workspace, { now, progress: (message) => said.push(message) });
    expect(mix).toMatchObject({ status: 'ok', refitted: false });
    expect(said.filter((message) => message.includes('sampling'))).toEqual([]);
    expect(manifest.run).toBe(before.run);
  });

  it('gives the same bytes with one thread or two', async () => {
    const before = await everything(workspace);
    await workspace.warehouse.run('delete from result.mix_run');
    const again = await fitWorkspaceMix(workspace.warehouse, workspace.config, { workers: 1 });
    expect(again?.refitted).toBe(true);
    expect(await everything(workspace)).toBe(before);
  });

  it('plans another budget without sampling again', async () => {
    const config = configOf(
      `mix: { ${SAMPLING}, holdout_weeks: 8, budget: { total: 500, channels: { paid1_ads: { locked: 100 } } } }`,
    );
    const report = await fitWorkspaceMix(workspace.warehouse, config);
    expect(report?.refitted).toBe(false);
    const plan = await rows<Record<string, string>>('select * from result.mix_budget order by position');
    expect(plan.map(({ channel, proposed_spend }) => [channel, Number(proposed_spend)])).toEqual([
      ['paid1_ads', 100],
      ['paid2_ads', 400],
      ['(total)', 500],
    ]);
    expect(plan[0].bound).toBe('locked');
    const bad = configOf(
      `mix: { ${SAMPLING}, holdout_weeks: 8, budget: { channels: { paid9_ads: { locked: 100 } } } }`,
    );
    await fitWorkspaceMix(workspace.warehouse, bad);
    expect(await rows('select channel, message from result.mix_budget')).toEqual([
      { channel: '(total)', message: expect.stringMatching(/paid9_ads is no paid channel/) },
    ]);
  });

  it('is calibrated by a measured study: narrower, grade D, and the study stands beside the model', async () => {
    const before = await rows<{ sd: string }>(
      `select contribution_sd as sd from report.mix_driver where driver = 'paid1_ads'`,
    );
    const { periods } = market.panel;
    const T = periods.length;
    const effect = market.truth[0].path.slice(T - 40, T - 20).reduce((a, b) => a + b, 0);
    const study = (id: string, more: Record<string, string>): string => {
      const values = {
        claim: `'spend_sales'`,
        is_registered: 'true',
        outcome: `'revenue_net'`,
        unit: `'EUR'`,
        driver: `'paid1'`,
        start_date: `date '${periods[T - 40]}'`,
        end_date: `date '${periods[T - 21]}' + 6`,
        value: effect.toFixed(2),
        standard_error: (0.05 * effect).toFixed(2),
        grade: `'A'`,
        ...more,
      };
      return `insert into result.lift_study (study_id, ${Object.keys(values).join(', ')}) values ('${id}', ${Object.values(values).join(', ')})`;
    };
    await workspace.warehouse.run(study('dark', {}));
    await workspace.warehouse.run(study('refuted', { grade: `'X'` }));
    await workspace.warehouse.run(study('other', { outcome: `'engagements'` }));
    await workspace.warehouse.run(study('guess', { is_registered: 'false' }));
    const report = await fitWorkspaceMix(workspace.warehouse, workspace.config);
    await workspace.warehouse.run('delete from result.lift_study');
    expect(report?.refitted).toBe(true);
    const drivers = await rows<Record<string, string>>(
      'select driver, grade, informed_by, contribution_sd from result.mix_driver order by position',
    );
    expect(drivers[0]).toMatchObject({ driver: 'paid1_ads', grade: 'D', informed_by: 'experiment' });
    expect(drivers[1].grade).toBe('E');
    expect(Number(drivers[0].contribution_sd)).toBeLessThan(Number(before[0].sd));
    const [experiment] = await rows<Record<string, string>>('select * from result.mix_experiment');
    expect(experiment).toMatchObject({ experiment: 'dark', drivers: 'paid1_ads', grade: 'A' });
    expect(Number(experiment.estimate)).toBeCloseTo(effect, 1);
    expect(Math.abs(Number(experiment.z))).toBeLessThan(2.5);
    const unused = await rows<{ message: string }>(
      `select message from result.mix_diagnostic where code = 'study_not_used' order by position`,
    );
    expect(unused.map(({ message }) => message)).toEqual([
      'study guess does not calibrate the mix: nobody registered it: a campaign read before and after',
      'study other does not calibrate the mix: it measured engagements, the mix explains revenue_net',
      'study refuted does not calibrate the mix: its grade is X',
    ]);
  });

  it('reports what it knows, and plans other budgets from the published curves', async () => {
    const results = await openResults(workspace.paths);
    try {
      expect((await catalogOf(results)).mix).toMatchObject({
        ...{
          status: 'ok',
          outcome: 'revenue_net',
          unit: 'EUR',
          is_current: true,
          from: '2023-01-02',
          to: '2024-11-25',
        },
        drivers: [{ driver: 'paid1_ads', kind: 'paid', grade: 'E' }, {}, {}, {}],
      });
      const mix = await makeReport(results, 'mix', {});
      expect(mix.table.rows).toHaveLength(4);
      expect(mix.notes.join('\n')).toMatch(/Without any driver: \d+ of \d+ EUR \(revenue_net\)/);
      const response = await makeReport(results, 'response', {});
      expect(response.table.rows).toHaveLength(4 * 13);
      const total = async (budget: Parameters<typeof makeReport>[2]['budget']): Promise<Record<string, number>> => {
        const { table } = await makeReport(results, 'budget', { budget });
        const at = table.columns.findIndex(({ id }) => id === 'proposed_spend');
        return Object.fromEntries(table.rows.map((row) => [row[0], Number(row[at])]));
      };
      const published = await total(undefined);
      const again = await total({});
      for (const [channel, money] of Object.entries(published)) expect(again[channel] / money).toBeCloseTo(1, 2);
      const locked = await total({ budget: 300, channels: { paid2_ads: { locked: 50 } } });
      expect(locked.paid1_ads).toBeCloseTo(250, 6);
      await expect(total({ budget: 1e9 })).rejects.toThrow(/does not fit.*mix.budget.allow_extrapolation/);
    } finally {
      results.close();
    }
  });

  it('stops at a signal and leaves the served run as it was', async () => {
    const before = currentRun(workspace.paths)!;
    const controller = new AbortController();
    const progress = (message: string): void => {
      if (message.includes('sampling')) controller.abort(new Error('told to stop'));
    };
    const stopped = run(workspace, { now, progress, signal: controller.signal, mix: { seed: 99 } });
    await expect(stopped).rejects.toThrow('told to stop');
    expect(currentRun(workspace.paths)).toEqual(before);
    expect(await rows('select seed from result.mix_run')).toEqual([{ seed: '3' }]);
  });

  it('publishes a row that says so, and nothing else of the mix, when the chains do not agree', async () => {
    const { mix, manifest } = await run(workspace, { now, mix: { draws: 20, chains: 4 }, only: ['mix'] });
    expect(mix).toMatchObject({ status: 'not_converged', code: 'not_converged' });
    expect(mix!.message).toMatch(
      /R-hat is 1\.\d+, needed under 1\.05\); worst is \S+.*: .*Nothing of the model is reported/,
    );
    const of = (name: string): number => manifest.files.find((file) => file.name === `${name}.parquet`)!.rows;
    expect([of('mix_run'), of('mix_driver'), of('mix_parameter'), of('mix_budget')]).toEqual([1, 0, 0, 0]);
    const [row] = await rows<Record<string, string>>('select status, worst_parameter, message from report.mix_run');
    expect(row).toMatchObject({ status: 'not_converged', message: mix!.message });
    expect(mix!.message).toContain(row.worst_parameter);
    // the same inputs would give the same chains
    expect((await run(workspace, { now, mix: { draws: 20, chains: 4 } })).mix).toMatchObject({
      status: 'not_converged',
      refitted: false,
    });
  });

  it('lets a fit stand with --only, and empties its tables without mix', async () => {
    expect((await run(workspace, { now, only: ['attribution'] })).mix).toBeNull();
    expect(await rows('select is_current from report.mix_run')).toEqual([{ is_current: true }]);
    const late = { shop_id: 'shop', source_order_id: 'late', currency: 'EUR' };
    const at = `${market.panel.periods[50]}T09:00:00Z`;
    const exported = `${market.panel.periods[99]}T09:00:00Z`;
    await ingestRows(workspace, 'orders', [{ ...late, system: 'plain', created_at: at, total: '90.00' }], exported);
    const sale = { money_event_id: 'late:sale', kind: 'sale', occurred_at: at, amount: '90.00' };
    await ingestRows(workspace, 'money_event', [{ ...late, ...sale }], exported);
    await run(workspace, { now, only: ['attribution'] });
    expect(await rows('select is_current from report.mix_run')).toEqual([{ is_current: false }]);
    const { mix } = await run({ ...workspace, config: configOf('') }, { now });
    expect(mix).toBeNull();
    expect(await rows('select * from report.mix_run')).toEqual([]);
    await expect(run({ ...workspace, config: configOf('') }, { now, mix: { draws: 50 } })).rejects.toThrow(
      /--draws: the workspace has no mix/,
    );
  });
});

describe('a workspace with a mix by geo', () => {
  let workspace: TestWorkspace;
  let market: SimulatedMarket;
  const mix = (more = ''): string =>
    `mix: { by_geo: true, seed: 1, chains: 2, draws: 150, warmup: 200, holdout_weeks: 0, drivers: [{ name: ads, kind: paid }]${more} }`;
  const rows = <T>(sql: string): Promise<T[]> => workspace.warehouse.rows<T>(sql);

  beforeAll(async () => {
    workspace = await testWorkspace(yaml(mix()));
    market = await ingestMarket(workspace, { seed: 4, weeks: 70, geos: 2, paid: 1 }, { spend: [30, 31] });
  });
  afterAll(() => workspace.close());

  it('refuses weeks that were not loaded, says which, and publishes the rest of the run', async () => {
    const { mix: report, manifest } = await run(workspace, { now });
    expect(report).toMatchObject({ status: 'refused', code: 'bad_panel' });
    expect(report!.message).toMatch(
      /weeks that no load tells of: ads \(paid1\): 18 weeks from 2023-04-17 to 2023-08-14/,
    );
    expect(currentRun(workspace.paths)!.run).toBe(manifest.run);
    expect(await rows('select status, message from report.mix_run')).toEqual([
      { status: 'refused', message: report!.message },
    ]);
    const results = await openResults(workspace.paths);
    const { table, notes } = await makeReport(results, 'mix', {});
    results.close();
    expect(table.rows).toEqual([]);
    expect(notes[0]).toBe(`Not fitted: ${report!.message}`);
  });

  it('answers geo by geo, and places a study of one of them', async () => {
    const { periods, covariates } = market.panel;
    const active = periods.map((_, t) => t).filter((t) => t > 35 && t < 60 && covariates.paid1[t] > 0);
    const [first, last] = [active[0], active[active.length - 1]];
    const given = `{ name: dark north, drivers: [ads], geos: [north], start: ${periods[first]}, end: ${periods[first + 3]}, counterfactual_factor: 0, estimand: outcome, estimate: 900, standard_error: 300, grade: B }`;
    const config = configOf(mix(`, missing_weeks: zero, experiments: [${given}]`));
    const study = `insert into result.lift_study (study_id, claim, is_registered, outcome, unit, driver, geos, start_date, end_date, value, standard_error, grade)
      values ('dark south', 'spend_sales', true, 'revenue_net', 'EUR', 'Paid Social', 'south', date '${periods[last]}', date '${periods[last + 1]}' + 2, 800, 300, 'C')`;
    await workspace.warehouse.run(study);
    const report = await fitWorkspaceMix(workspace.warehouse, config);
    expect(report).toMatchObject({ status: 'ok', refitted: true, message: null });
    const geos = await rows<Record<string, string>>('select * from result.mix_geo order by geo');
    expect(geos.map(({ geo }) => geo)).toEqual(['north', 'south']);
    const [whole] = await rows<Record<string, string>>('select * from result.mix_driver');
    expect(whole).toMatchObject({ grade: 'D', informed_by: 'experiment' });
    const sum = geos.reduce((total, { contribution }) => total + Number(contribution), 0);
    expect(sum).toBeCloseTo(Number(whole.contribution), 3);
    expect(await rows('select experiment, drivers, grade from result.mix_experiment order by position')).toEqual([
      { experiment: 'dark north', drivers: 'ads', grade: 'B' },
      { experiment: 'dark south', drivers: 'ads', grade: 'C' },
    ]);
  });
});
