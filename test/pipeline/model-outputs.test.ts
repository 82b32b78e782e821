import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../api/app.ts';
import { encodeTable } from '../../pipeline/encode-table.ts';
import { MODEL_OUTPUTS, type ModelOutput, modelOutput } from '../../pipeline/model-outputs.ts';
import { buildReports, publish } from '../../pipeline/publish.ts';
import { openResults, type Results } from '../../pipeline/results.ts';
import { run } from '../../pipeline/run.ts';
import { type ServedRuns, serveRuns } from '../../pipeline/served-runs.ts';
import { rowObject } from '../../pipeline/table.ts';
import { NOW, UNLIMITED } from '../api/served.ts';
import { testKeys } from '../api/test-keys.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { plantLift } from './lift-rows.ts';
import { ingestRows, MARKET_CONFIG, marketRows } from './market.ts';
import { plantMix } from './mix-rows.ts';
import { type PublishedFolder, publishedFolder } from './published.ts';

let workspace: TestWorkspace;
let runs: ServedRuns;
let results: Awaited<ReturnType<typeof openResults>>;
let folder: PublishedFolder;
beforeAll(async () => {
  workspace = await testWorkspace(MARKET_CONFIG);
  await ingestRows(workspace, marketRows(7, 24), 'a');
  await run(workspace, { now: NOW });
  await plantLift(workspace.warehouse);
  await plantMix(workspace.warehouse);
  await buildReports(workspace.warehouse, workspace.config);
  await publish(workspace, [], NOW);
  results = await openResults(workspace.paths);
  runs = serveRuns(workspace.paths);
  folder = publishedFolder();
  await folder.publish('run_one');
});
afterAll(async () => {
  await runs.close();
  results.close();
  workspace.close();
  folder.remove();
});

type Row = Record<string, string | null>;
async function rowsOf(output: ModelOutput, from: Results = results, limit = 10_000): Promise<Row[]> {
  const { table } = await modelOutput(from, output, limit);
  return table.rows.map((row) => rowObject(row, table.columns));
}

describe('what the models of a run said', () => {
  it('is one number a row: credit, lift and mix in the same columns, as their own tables have them', async () => {
    const rows = await rowsOf('summary');
    expect([...new Set(rows.map((row) => row.family))]).toEqual(['attribution', 'lift', 'mix']);
    const [credit] = await results.rows<Row>(
      'select model, channel, revenue, revenue_lo, revenue_hi from model_credit where revenue is not null order by position, channel limit 1',
    );
    const told = rows.find(
      (row) => row.model === credit.model && row.subject === credit.channel && row.quantity === 'revenue',
    )!;
    for (const [column, own] of [
      ['value', 'revenue'],
      ['lo', 'revenue_lo'],
      ['hi', 'revenue_hi'],
    ])
      expect(told[column] === null ? null : Number(told[column])).toBe(
        credit[own] === null ? null : Number(credit[own]),
      );
    expect([told.unit, told.kind, told.grade]).toEqual(['EUR', 'confidence', 'E']);
    const studies = await results.rows<Row>(
      `select estimate.study_id, estimate.value, estimate.is_primary, study.grade from lift_estimate as estimate
       inner join lift_study as study on study.study_id = estimate.study_id where estimate.is_primary order by estimate.study_id`,
    );
    expect(studies.length).toBeGreaterThan(0);
    for (const one of studies) {
      const lift = rows.filter((row) => row.family === 'lift' && row.subject === one.study_id);
      expect([Number(lift[0].value), lift[0].grade]).toEqual([Number(one.value), one.grade]);
      expect(lift.slice(1).every((row) => row.grade === null)).toBe(true);
    }
    const [driver] = await results.rows<Row>(
      'select driver, roi, roi_lo from mix_driver where roi is not null order by position limit 1',
    );
    const roi = rows.find((row) => row.family === 'mix' && row.subject === driver.driver && row.quantity === 'roi')!;
    expect([Number(roi.value), Number(roi.lo), roi.kind]).toEqual([
      Number(driver.roi),
      Number(driver.roi_lo),
      'credible',
    ]);
  });

  it('has the draws of studies, and what speaks for and against each model', async () => {
    const count = async (table: string): Promise<number> =>
      Number((await results.rows<{ n: string }>(`select count(*) as n from ${table}`))[0].n);
    const draws = await rowsOf('draws');
    expect([draws.length, draws.length > 0]).toEqual([await count('lift_placebo'), true]);
    expect(draws[0]).toMatchObject({ family: 'lift', draw_no: '1' });
    const diagnostics = await rowsOf('diagnostics');
    expect([...new Set(diagnostics.map((row) => row.family))]).toEqual(['attribution', 'lift', 'mix']);
    const gates = diagnostics.filter((row) => row.family === 'lift');
    expect(gates).toHaveLength(await count('lift_gate'));
    for (const gate of gates) expect(['true', 'false', null]).toContain(gate.is_passed);
    expect(diagnostics.some((row) => row.diagnostic === 'rhat')).toBe(true);
  });

  it('says how many rows there are when it tells fewer', async () => {
    const all = (await rowsOf('summary')).length;
    const { table } = await modelOutput(results, 'summary', 3);
    expect([table.rows.length, table.totalRows, table.truncated]).toEqual([3, all, true]);
  });

  it.each(MODEL_OUTPUTS)('comes in every format, and is empty for a run without models: %s', async (output) => {
    const { table } = await modelOutput(results, output, 100);
    for (const format of ['csv', 'ndjson', 'arrow', 'parquet', 'xlsx'] as const)
      expect((await encodeTable(table, format)).length).toBeGreaterThan(100);
    const bare = await openResults(folder.paths);
    expect(await rowsOf(output, bare).finally(() => bare.close())).toEqual([]);
  });

  it('is read over HTTP by keys that may read models', async () => {
    const keys = testKeys('market', NOW);
    const app = createApp({ workspace: 'market', runs, checkKey: keys.check, now: () => NOW, ...UNLIMITED });
    const ask = async (scope: 'read:models' | 'read:reports', path: string) =>
      app.request(`/v1/w/market/runs/${path}`, { headers: { authorization: `Bearer ${keys.make([scope])}` } });
    for (const output of MODEL_OUTPUTS) {
      expect((await ask('read:models', `current/${output}`)).status).toBe(200);
      expect((await ask('read:reports', `current/${output}`)).status).toBe(403);
    }
    expect((await ask('read:reports', 'current/manifest')).status).toBe(200);
    const csv = await (await ask('read:models', 'current/summary?format=csv&limit=2')).text();
    expect(csv.split('\r\n')).toHaveLength(4);
    expect((await ask('read:models', 'current/summary?limit=20000')).status).toBe(422);
    expect((await ask('read:models', 'run_unknown/summary')).status).toBe(404);
  });
});
