import { InputError } from '../models/errors.ts';
import type { Results } from './results.ts';
import type { Table, TableColumn } from './table.ts';

export type Row = Readonly<Record<string, string | null>>;

export const EVIDENCE =
  'How series move together is no proof: evidence E. A registered study of grade A or B calibrates its driver and raises it to D.';

export async function mixRun(results: Results): Promise<Row> {
  const has = results.manifest.files.some(({ name }) => name === 'mix_run.parquet');
  const [run] = has ? await results.rows<Row>('select * from mix_run') : [];
  if (run === undefined)
    throw new InputError(
      'not_published',
      'the run has no mix model; add "mix: {}" to liftproof.yaml and run "liftproof run"',
    );
  return run;
}

/** Why there is nothing to see, or that it is old. */
export function verdict(run: Row): string[] {
  if (run.status !== 'ok') return [`${run.status === 'refused' ? 'Not fitted' : 'Not converged'}: ${run.message}`];
  return String(run.is_current) === 'false'
    ? ['The fit is of earlier data: it was left standing by --only. "liftproof run" makes it anew.']
    : [];
}

export function tableOf(
  results: Results,
  run: Row,
  columns: readonly TableColumn[],
  rows: readonly Row[],
  limit = rows.length,
): Table {
  const { run: name, run_hash, currency, time_zone } = results.manifest;
  return {
    columns,
    rows: rows
      .slice(0, limit)
      .map((row) => columns.map(({ id }) => (row[id] === null || row[id] === undefined ? null : String(row[id])))),
    totals: null,
    totalRows: rows.length,
    truncated: rows.length > limit,
    meta: {
      run: name,
      run_hash,
      currency,
      time_zone,
      period: [run.first_week_date, run.last_week_date],
      model: 'mix',
      status: run.status,
      outcome: run.outcome,
      level: run.level,
    },
  };
}

export function text(id: string, label: string): TableColumn {
  return { id, label, type: 'text' };
}

export function number(id: string, label: string, scale: number, unit: string): TableColumn {
  return { id, label, type: 'decimal', scale, unit };
}

export function money(results: Results, id: string, label: string): TableColumn {
  return number(id, label, results.manifest.currency_exponent, results.manifest.currency);
}
