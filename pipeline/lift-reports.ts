import { InputError } from '../models/errors.ts';
import { nearest } from './nearest.ts';
import type { Report, ReportOptions } from './reports.ts';
import type { Results } from './results.ts';
import type { Table, TableColumn } from './table.ts';

type Row = Readonly<Record<string, string | null>>;

/** What every study found: one row per claim. */
export async function liftReport(results: Results, options: ReportOptions): Promise<Report> {
  const rows = await rowsOf(results, 'lift_study', options, 'not is_registered, study, study_id');
  const scale = results.manifest.currency_exponent;
  const columns: TableColumn[] = [
    text('study_id', 'Study'),
    text('claim', 'Claim'),
    number('value', 'Effect', scale, 'value'),
    number('value_lo', 'low', scale, 'value'),
    number('value_hi', 'high', scale, 'value'),
    text('unit', 'Unit'),
    number('relative', 'Lift', 4, 'ratio'),
    number('p_value', 'p', 4, 'ratio'),
    number('q_value', 'q', 4, 'ratio'),
    text('grade', 'Evidence'),
    text('word', 'Answer'),
    number('iroas', 'iROAS', 4, 'ratio'),
    number('iroas_lo', 'low', 4, 'ratio'),
    number('iroas_hi', 'high', 4, 'ratio'),
    number('minimum_detectable_effect', 'MDE', scale, 'value'),
  ];
  const told = rows.filter((row) => row.is_registered === 'true' || row.reason === null);
  return {
    title: 'Lift',
    table: tableOf(results, columns, rows, options.limit),
    notes: [
      ...(rows.length === 0
        ? ['No question is registered and no campaign has days: add studies to liftproof.yaml (docs/studies.md).']
        : []),
      ...told.map(
        (row) => `${row.study_id}: ${row.sentence}${row.pays_sentence === null ? '' : ` ${row.pays_sentence}`}`,
      ),
      ...(rows.length === 0
        ? []
        : [
            `Effect: what the treatment added in all, over its units and days. ${rows[0].looked_at} claims were looked at; q is p adjusted for that. "liftproof report lift_gates" says what tried to refute each.`,
          ]),
    ],
  };
}

/** Every estimator that applies, the registered one first. */
export async function liftEstimatesReport(results: Results, options: ReportOptions): Promise<Report> {
  const rows = await rowsOf(results, 'lift_estimate', options, 'study_id, not is_primary, method');
  const scale = results.manifest.currency_exponent;
  const columns: TableColumn[] = [
    text('study_id', 'Study'),
    text('method', 'Method'),
    { id: 'is_primary', label: 'Registered', type: 'boolean' },
    number('value', 'Effect', scale, 'value'),
    number('value_lo', 'low', scale, 'value'),
    number('value_hi', 'high', scale, 'value'),
    number('p_value', 'p', 4, 'ratio'),
    number('relative', 'Lift', 4, 'ratio'),
  ];
  return {
    title: 'Estimators side by side',
    table: tableOf(results, columns, rows, options.limit),
    notes: [
      'The registered method is the headline, whatever the others say; how far they part says how much hangs on the method.',
    ],
  };
}

/** Seen and expected, day by day. */
export async function liftSeriesReport(results: Results, options: ReportOptions): Promise<Report> {
  const rows = await rowsOf(results, 'lift_series', options, 'study_id, method, period');
  const scale = results.manifest.currency_exponent;
  const columns: TableColumn[] = [
    text('study_id', 'Study'),
    text('method', 'Method'),
    { id: 'period', label: 'Day', type: 'day' },
    number('actual', 'Seen', scale, 'value'),
    number('counterfactual', 'Expected', scale, 'value'),
    number('lo', 'low', scale, 'value'),
    number('hi', 'high', scale, 'value'),
    number('cumulative', 'Effect so far', scale, 'value'),
    { id: 'is_treated_period', label: 'Treated', type: 'boolean' },
  ];
  return {
    title: 'Seen and expected',
    table: tableOf(results, columns, rows, options.limit),
    notes: ['Sums over the treated units; low and high bound what was expected on one day.'],
  };
}

/** What tried to refute each study. */
export async function liftGatesReport(results: Results, options: ReportOptions): Promise<Report> {
  const rows = await rowsOf(results, 'lift_gate', options, 'study_id, gate_number');
  const columns: TableColumn[] = [
    text('study_id', 'Study'),
    number('gate_number', '#', 0, 'count'),
    text('gate', 'Gate'),
    text('verdict', 'Verdict'),
    number('number', 'Number', 4, 'value'),
    text('cap', 'Grade at best'),
    text('sentence', 'What it found'),
  ];
  return {
    title: 'Gates',
    table: tableOf(results, columns, rows, options.limit),
    notes: [
      'A gate that failed or could not run costs the grade that stands beside it; gates that do not apply are left out.',
    ],
  };
}

async function rowsOf(results: Results, table: string, { study }: ReportOptions, order: string): Promise<Row[]> {
  if (!results.manifest.files.some(({ name }) => name === 'lift_study.parquet'))
    throw new InputError(
      'not_published',
      `${results.manifest.run} was made before studies were measured; run "liftproof run"`,
    );
  const ids = (
    await results.rows<{ study_id: string; study: string }>('select study_id, study from lift_study order by study_id')
  ).flatMap((row) => [row.study_id, row.study]);
  if (study !== undefined && !ids.includes(study)) {
    const close = nearest(study, ids);
    throw new InputError(
      'unknown_name',
      `the run has no study ${study}; ${close ? `did you mean ${close}?` : `it has ${[...new Set(ids)].join(', ') || 'none'}`}`,
    );
  }
  return results.rows<Row>(
    `select * from ${table}
     where $study = '' or study_id in (select study_id from lift_study where study_id = $study or study = $study) order by ${order}`,
    { study: study ?? '' },
  );
}

function text(id: string, label: string): TableColumn {
  return { id, label, type: 'text' };
}

function number(id: string, label: string, scale: number, unit: string): TableColumn {
  return { id, label, type: 'decimal', scale, unit };
}

function tableOf(results: Results, columns: readonly TableColumn[], rows: readonly Row[], limit = rows.length): Table {
  const { run, run_hash, currency, time_zone, period } = results.manifest;
  const cells = rows.map((row) =>
    columns.map(({ id }) => (row[id] === null || row[id] === undefined ? null : String(row[id]))),
  );
  return {
    columns,
    rows: cells.slice(0, limit),
    totals: null,
    totalRows: rows.length,
    truncated: rows.length > limit,
    meta: { run, run_hash, currency, time_zone, period: [period.from, period.to] },
  };
}
