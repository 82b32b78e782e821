import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { InputError } from '../models/errors.ts';
import { countWords } from './count-words.ts';
import { encodeTable } from './encode-table.ts';
import type { ReportedPeriod } from './finance/period-state.ts';
import { ROI_COLUMNS } from './finance/roi-columns.ts';
import { ADDITIVE, type RoiLine, totalLine } from './finance/roi-line.ts';
import type { Manifest } from './publish.ts';
import type { Results } from './results.ts';
import { roiAsTable, roiTable } from './roi-table.ts';
import type { Table, TableColumn } from './table.ts';
import { VERSION } from './version.ts';
import { writeOutput } from './write-output.ts';
import { writeXlsx, type XlsxSheet } from './write-xlsx.ts';

export type RoiFormat = 'xlsx' | 'csv' | 'parquet';
export const ROI_FORMATS: readonly RoiFormat[] = ['xlsx', 'csv', 'parquet'];

export interface RoiExport {
  period: string;
  basis?: 'order_date' | 'event_date';
  formats: readonly RoiFormat[];
  /** as the control store has it; the period is open and was never reported without one */
  reported?: ReportedPeriod;
  /** SHA-256 of files as they were locked, by name: others of these names are not written */
  locked?: Readonly<Record<string, string>>;
}

/** What an auditor checks the files by. Made of nothing but the run and what was reported: no clock, no machine. */
export interface RoiManifest {
  schema_version: 1;
  kind: 'roi_export';
  workspace: string;
  period: string;
  period_start: string;
  period_end: string;
  calendar: string;
  state: string;
  version: number;
  prior_version: number | null;
  run: string;
  run_hash: string;
  basis: string;
  model: string;
  model_version: string;
  currency: string;
  time_zone: string;
  windows: Manifest['windows'];
  generated_by: string;
  metric_versions: Record<string, number>;
  control_totals: Record<string, string | null>;
  /** the same of new, returning and unknown customers; empty where the split would tell of too few persons */
  customer_totals: Record<string, Record<string, string | null>>;
  reconciliation: Record<string, Record<string, string>>;
  files: { name: string; sha256: string; rows: number; bytes: number }[];
}

export interface RoiPack {
  manifest: RoiManifest;
  files: { name: string; bytes: Uint8Array }[];
  lines: RoiLine[];
}

/**
 * Writes the finance pack of a period below a folder: the files asked for, then `manifest.json`.
 *
 * @throws InputError `damaged` for files that are not what was locked; nothing is written then
 */
export async function exportRoi(results: Results, directory: string, options: RoiExport): Promise<RoiPack> {
  const pack = await makeRoiPack(results, options);
  checkLocked(pack, options.locked ?? {});
  for (const file of pack.files) writeOutput(join(directory, file.name), file.bytes);
  writeOutput(join(directory, 'manifest.json'), manifestText(pack.manifest));
  return pack;
}

/**
 * @param locked  SHA-256 of files as they were locked, by name
 * @throws InputError `damaged` for files that are not what was locked
 */
export function checkLocked(pack: RoiPack, locked: Readonly<Record<string, string>>): void {
  const changed = pack.manifest.files.filter((file) => (locked[file.name] ?? file.sha256) !== file.sha256);
  if (changed.length > 0)
    throw new InputError(
      'damaged',
      `${changed.map((file) => file.name).join(', ')}: not what was locked, and not given. Either ${pack.manifest.run} is damaged: run "liftproof doctor", and restore it from the backup; or this version of Liftproof (${VERSION}) computes it otherwise: export with the version that locked it, or reopen the period and restate it`,
    );
}

export function manifestText(manifest: RoiManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/**
 * The finance pack as bytes. The same run and the same record of the period give the same bytes.
 *
 * @throws InputError `not_found` for a period that the run does not have
 */
export async function makeRoiPack(results: Results, options: RoiExport): Promise<RoiPack> {
  const { reported } = options;
  const basis = options.basis ?? 'order_date';
  const { lines } = await roiTable(results, {
    period: options.period,
    basis,
    state: reported?.state,
    version: reported?.version,
    prior: reported?.prior,
    adjustments: reported?.adjustments,
  });
  const table = roiAsTable(lines, results.manifest, options.period);
  const bridge = await bridgeTable(results, options.period, basis);
  const body = bodyOf(results.manifest, lines, bridge, options, basis);
  const stem = `roi_${body.workspace}_${body.period}_v${body.version}`;
  const files: RoiPack['files'] = [];
  for (const format of ROI_FORMATS.filter((one) => options.formats.includes(one))) {
    const bytes =
      format === 'xlsx'
        ? await writeXlsx(sheets(table, bridge, body, results.manifest, reported), { title: stem })
        : await encodeTable(table, format);
    files.push({ name: `${stem}.${format}`, bytes });
  }
  const manifest: RoiManifest = {
    ...body,
    files: files.map(({ name, bytes }) => ({
      name,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      rows: table.rows.length,
      bytes: bytes.length,
    })),
  };
  return { manifest, files, lines };
}

/** Steps of the bridge of one period, revenue and spend; empty without books. */
export async function bridgeTable(results: Results, period: string | undefined, basis: string): Promise<Table> {
  const { manifest } = results;
  const columns: TableColumn[] = [
    { id: 'period', label: 'Period', type: 'text' },
    { id: 'side', label: 'Side', type: 'text' },
    { id: 'step', label: 'Step', type: 'text' },
    { id: 'label', label: 'What it is', type: 'text' },
    { id: 'amount', label: 'Amount', type: 'decimal', scale: manifest.currency_exponent, unit: manifest.currency },
    { id: 'line_count', label: 'Lines', type: 'decimal', scale: 0, unit: 'count' },
    { id: 'lines_in', label: 'Lines in', type: 'text' },
  ];
  const isPublished = manifest.files.some((file) => file.name === 'reconciliation.parquet');
  const rows = !isPublished
    ? []
    : await results.rows<Record<string, string | null>>(
        `select period, side, step, label, amount, line_count, lines_in from reconciliation
         where basis = $basis and (period = $period or $period = '') order by period, side, position`,
        { basis, period: period ?? '' },
      );
  return {
    columns,
    rows: rows.map((row) => columns.map((column) => row[column.id])),
    totals: null,
    totalRows: rows.length,
    truncated: false,
    meta: { run: manifest.run, run_hash: manifest.run_hash, currency: manifest.currency, basis },
  };
}

/** Periods and sides whose bridge does not close, or hides entries that do not fit; with what is left over. */
export function openBridges(bridge: Table): { period: string; side: string; amount: string; lines: number }[] {
  return bridge.rows
    .filter((row) => row[2] === 'unexplained' && (!/^-?0(\.0*)?$/.test(row[4] ?? '0') || row[5] !== '0'))
    .map((row) => ({ period: row[0]!, side: row[1]!, amount: row[4]!, lines: Number(row[5]) }));
}

function bodyOf(
  manifest: Manifest,
  lines: readonly RoiLine[],
  bridge: Table,
  options: RoiExport,
  basis: string,
): Omit<RoiManifest, 'files'> {
  const total = totalLine(lines)!;
  const reconciliation: Record<string, Record<string, string>> = {};
  for (const row of bridge.rows) {
    const side = row[1]!;
    reconciliation[side] ??= {};
    reconciliation[side][row[2]!] = row[4]!;
  }
  const version = options.reported?.version ?? 0;
  return {
    schema_version: 1,
    kind: 'roi_export',
    workspace: manifest.workspace,
    period: options.period,
    period_start: total.period_start!,
    period_end: total.period_end!,
    calendar: total.calendar!,
    state: options.reported?.state ?? 'open',
    version,
    prior_version: version > 1 ? version - 1 : null,
    run: manifest.run,
    run_hash: manifest.run_hash,
    basis,
    model: total.model_id!,
    model_version: manifest.version,
    currency: manifest.currency,
    time_zone: manifest.time_zone,
    windows: manifest.windows,
    generated_by: `liftproof ${VERSION}`,
    metric_versions: Object.fromEntries(ROI_COLUMNS.map((column) => [column.id, column.version])),
    control_totals: totalsOf(total),
    customer_totals: Object.fromEntries(
      lines
        .filter((line) => line.row_type === 'total' && line !== total)
        .map((line) => [line.customer_type!, totalsOf(line)]),
    ),
    reconciliation,
  };
}

function totalsOf(line: RoiLine): Record<string, string | null> {
  return Object.fromEntries(ADDITIVE.map((id) => [id, line[id]]));
}

function sheets(
  roi: Table,
  bridge: Table,
  body: Omit<RoiManifest, 'files'>,
  manifest: Manifest,
  reported: ReportedPeriod | undefined,
): XlsxSheet[] {
  return [
    textSheet('Read-me', ['what', 'value'], readMe(body, bridge)),
    { name: 'ROI', columns: roi.columns, rows: roi.rows },
    { name: 'Reconciliation', columns: bridge.columns, rows: bridge.rows },
    textSheet(
      'Restatements',
      [
        'line_id',
        'period',
        'column',
        'old',
        'new',
        'delta',
        'kind',
        'reason_code',
        'evidence',
        'actor',
        'approver',
        'at',
      ],
      (reported?.restatements ?? []).map((one) => [
        one.lineId,
        one.period,
        one.column,
        one.oldValue,
        one.newValue,
        one.delta,
        one.kind,
        one.reasonCode,
        one.evidence,
        one.actor,
        one.approver,
        one.at,
      ]),
    ),
    textSheet(
      'Definitions',
      ['column', 'group', 'label', 'formula', 'version'],
      ROI_COLUMNS.map((column) => [column.id, column.group, column.label, column.formula, String(column.version)]),
    ),
    textSheet('Audit', ['kind', 'what', 'who', 'at', 'detail'], audit(manifest, reported)),
  ];
}

function textSheet(name: string, names: readonly string[], rows: readonly (readonly (string | null)[])[]): XlsxSheet {
  return { name, columns: names.map((id) => ({ id, label: id, type: 'text' })), rows };
}

function readMe(body: Omit<RoiManifest, 'files'>, bridge: Table): (string | null)[][] {
  const open = openBridges(bridge);
  return [
    ['what this is', 'Return on marketing spend, as finance reports it'],
    ['workspace', body.workspace],
    ['period', `${body.period}: ${body.period_start} to ${body.period_end}, ${body.time_zone}`],
    ['state', `${body.state}, version ${body.version}`],
    ['basis', body.basis],
    ['model', `${body.model}, version ${body.model_version}`],
    ['currency', body.currency],
    ['run', body.run],
    ['run hash', body.run_hash],
    ['made by', body.generated_by],
    ['net revenue', body.control_totals.revenue_net],
    ['spend', body.control_totals.spend_total],
    [
      'reconciliation',
      bridge.rows.length === 0
        ? 'no books were loaded: nothing was reconciled'
        : open.length === 0
          ? 'closes: 0 unexplained'
          : `does NOT close: ${open.map((one) => `${one.side} ${one.amount} in ${countWords(one.lines, 'line')}`).join(', ')}`,
    ],
    [
      'how to read it',
      'Credit says who was there before the sale; it is no proof. Incremental columns are measured by studies.',
    ],
    [
      'adding up',
      'Money and counts of the rows of one customer_type add up to its row "total": add the rows "all", or those of the other types, never both. Never add ratios.',
    ],
    ['empty cells', 'Nothing to divide by, or nothing known. Never zero.'],
    ['checking', 'manifest.json beside this file has the SHA-256 of each file and the totals.'],
  ];
}

function audit(manifest: Manifest, reported: ReportedPeriod | undefined): (string | null)[][] {
  return [
    ...(reported?.events ?? []).map((event) => ['period', event.action, event.actor, event.at, event.reason]),
    ...manifest.checks.map((check) => [
      'check',
      check.check,
      null,
      null,
      check.broken === 0 ? 'holds' : `${check.severity}: ${countWords(check.broken, 'row breaks', 'rows break')} it`,
    ]),
    ...manifest.inputs.map((input) => [
      'file',
      input.batch_id,
      input.source,
      null,
      `${input.kind}, ${input.rows} rows`,
    ]),
  ];
}
