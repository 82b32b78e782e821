import { EVIDENCE, mixRun, money, number, type Row, tableOf, text, verdict } from './mix-report-parts.ts';
import type { Report, ReportOptions } from './reports.ts';
import type { Results } from './results.ts';
import type { TableColumn } from './table.ts';

/** What each driver caused, and what that is known from. */
export async function mixReport(results: Results, { limit }: ReportOptions): Promise<Report> {
  const run = await mixRun(results);
  const rows = await results.rows<Row>('select * from mix_driver order by position');
  const unit = run.unit === 'count' ? 'count' : results.manifest.currency;
  const scale = unit === 'count' ? 1 : results.manifest.currency_exponent;
  const columns: TableColumn[] = [
    text('driver', 'Driver'),
    text('kind', 'Kind'),
    number('contribution', 'Contribution', scale, unit),
    number('contribution_lo', 'low', scale, unit),
    number('contribution_hi', 'high', scale, unit),
    number('share', 'Share', 4, 'ratio'),
    money(results, 'spend', 'Spend'),
    number('roi', 'ROI', 4, 'ratio'),
    number('roi_lo', 'low', 4, 'ratio'),
    number('roi_hi', 'high', 4, 'ratio'),
    number('mroi', 'mROI', 4, 'ratio'),
    number('p_roi_above_1', 'P(ROI > 1)', 4, 'ratio'),
    text('informed_by', 'Informed by'),
    text('grade', 'Evidence'),
  ];
  const notes = [...verdict(run)];
  if (run.status === 'ok') {
    notes.push(...(await baselineNote(results, run)), ...(await qualityNotes(results)));
    const assumed = rows.filter((row) => row.informed_by === 'prior').map((row) => row.driver);
    if (assumed.length > 0)
      notes.push(
        `Informed by the prior, so not measured: ${assumed.join(', ')}. Their intervals repeat what was assumed.`,
      );
    notes.push(EVIDENCE);
  }
  return { title: 'Mix', table: tableOf(results, run, columns, rows, limit), notes };
}

/** What a driver would have caused at other sizes of its history. */
export async function responseReport(results: Results, { limit }: ReportOptions): Promise<Report> {
  const run = await mixRun(results);
  const rows = await results.rows<Row>('select * from mix_response order by position, factor');
  const unit = run.unit === 'count' ? 'count' : results.manifest.currency;
  const scale = unit === 'count' ? 1 : results.manifest.currency_exponent;
  const columns: TableColumn[] = [
    text('driver', 'Driver'),
    number('factor', 'Times its history', 2, 'factor'),
    money(results, 'spend', 'Spend'),
    number('contribution', 'Contribution', scale, unit),
    number('contribution_lo', 'low', scale, unit),
    number('contribution_hi', 'high', scale, unit),
    number('beyond_observed', 'Beyond observed', 4, 'ratio'),
    { id: 'is_extrapolated', label: 'Extrapolated', type: 'boolean' },
  ];
  const notes = [
    ...verdict(run),
    'Extrapolated: some week would pass the highest week ever seen in its geo; there the curve is the shape of the model, not of the data.',
  ];
  return { title: 'Response curves', table: tableOf(results, run, columns, rows, limit), notes };
}

/** What a run knows of the mix, for those who ask what can be asked; null without a mix. */
export async function mixInCatalog(results: Results) {
  if (!results.manifest.files.some(({ name }) => name === 'mix_run.parquet')) return null;
  const [run] = await results.rows<Row>('select * from mix_run');
  if (run === undefined) return null;
  const drivers = await results.rows<{ driver: string; kind: string; informed_by: string; grade: string }>(
    'select driver, kind, informed_by, grade from mix_driver order by position',
  );
  return {
    status: run.status as string,
    message: run.message,
    outcome: run.outcome as string,
    unit: run.unit as string,
    is_current: String(run.is_current) === 'true',
    from: run.first_week_date,
    to: run.last_week_date,
    drivers,
  };
}

async function baselineNote(results: Results, run: Row): Promise<string[]> {
  const [row] = await results.rows<{ amount: string }>(
    `select sum(amount) as amount from mix_decomposition where part = 'baseline'`,
  );
  const what = run.unit === 'count' ? run.outcome : `${results.manifest.currency} (${run.outcome})`;
  return [
    `Without any driver: ${Math.round(Number(row.amount))} of ${Math.round(Number(run.observed))} ${what}, ${run.first_week_date} to ${run.last_week_date}, ${run.weeks} weeks${Number(run.geos) > 1 ? `, ${run.geos} geos` : ''}. Low and high: ${Math.round(100 * Number(run.level))} % intervals.`,
  ];
}

async function qualityNotes(results: Results): Promise<string[]> {
  const rows = await results.rows<Row>('select * from mix_diagnostic order by position');
  const value = (code: string): number | null => {
    const row = rows.find((one) => one.code === code);
    return row?.value === undefined || row.value === null ? null : Number(row.value);
  };
  const r2 = value('holdout_r2');
  const failed = rows
    .filter((row) => String(row.is_passed) === 'false')
    // what was measured after sampling names the figure alone; the checks before it hold theirs in their sentence
    .map((row) =>
      row.phase === 'after' && row.code !== 'correlated_noise'
        ? `${row.message} (${Number(Number(row.value).toPrecision(3))}, wanted ${Number(row.threshold)})`
        : (row.message as string),
    );
  return [
    ...(r2 === null
      ? []
      : [
          `Weeks that a second fit did not see: R2 ${r2.toFixed(2)}, wMAPE ${(value('holdout_wmape') as number).toFixed(2)}.`,
        ]),
    ...rows.filter((row) => row.phase === 'data').map((row) => `Data: ${row.message}.`),
    ...failed.map((message) => `Worth a look: ${message}.`),
  ];
}
