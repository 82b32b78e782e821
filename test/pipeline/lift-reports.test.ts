import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildReports, publish } from '../../pipeline/publish.ts';
import { makeReport } from '../../pipeline/reports.ts';
import { openResults, type Results } from '../../pipeline/results.ts';
import { run } from '../../pipeline/run.ts';
import { rowObject } from '../../pipeline/table.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { plantLift } from './lift-rows.ts';

describe('the reports of lift', () => {
  let workspace: TestWorkspace;
  let results: Results;
  beforeAll(async () => {
    workspace = await testWorkspace();
    await run(workspace, { now: new Date('2026-03-01T00:00:00Z') });
    await plantLift(workspace.warehouse);
    await buildReports(workspace.warehouse, workspace.config);
    await publish(workspace, [], new Date('2026-03-02T00:00:00Z'));
    results = await openResults(workspace.paths);
  }, 60_000);
  afterAll(() => {
    results.close();
    workspace.close();
  });

  it('print what was found with its interval, its grade and its sentence', async () => {
    const { table, notes } = await makeReport(results, 'lift', {});
    const row = rowObject(table.rows[0], table.columns);
    expect(row).toMatchObject({ study_id: 'planted', claim: 'spend_sales', unit: 'EUR' });
    expect(Number(row.value_lo)).toBeLessThan(Number(row.value));
    expect(Number(row.value_hi)).toBeGreaterThan(Number(row.value));
    // 20 a day over ten days
    expect(Number(row.value_lo)).toBeLessThan(200);
    expect(Number(row.value_hi)).toBeGreaterThan(200);
    expect(notes[0]).toContain('planted: ');
    expect(notes.join(' ')).toContain(`Evidence ${row.grade}.`);
  });

  it('print estimators, days and gates of one study', async () => {
    const estimates = await makeReport(results, 'lift_estimates', { study: 'planted' });
    expect(estimates.table.rows[0].slice(0, 3)).toEqual(['planted', 'sc', 'true']);
    const series = await makeReport(results, 'lift_series', { study: 'planted', limit: 5 });
    expect(series.table).toMatchObject({ totalRows: 40, truncated: true });
    const gates = await makeReport(results, 'lift_gates', {});
    expect(gates.table.rows.map((row) => row[2])).toContain('placebo_space');
  });

  it('name the study that was probably meant', async () => {
    await expect(makeReport(results, 'lift_gates', { study: 'plantet' })).rejects.toThrow(
      'the run has no study plantet; did you mean planted?',
    );
  });
});
