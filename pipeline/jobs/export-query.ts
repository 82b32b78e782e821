import {
  closeSync,
  createReadStream,
  mkdirSync,
  openSync,
  type ReadStream,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../models/errors.ts';
import { encodeTable } from '../encode-table.ts';
import { ANSWER_FORMATS, writeAnswer } from '../export-answer.ts';
import { digestOf, EXPORT_FORMATS, writePublished } from '../export-table.ts';
import { fullDisk } from '../full-disk.ts';
import { runQuery } from '../query.ts';
import { parseQuery } from '../query-schema.ts';
import { openResults, type Results } from '../results.ts';
import { findWorkspace } from '../workspace.ts';
import { XLSX_MAX_ROWS } from '../write-xlsx.ts';
import type { ExportInput } from './job-inputs.ts';

/** What became of an export. */
export interface ExportResult {
  file: string;
  run: string;
  rows: number;
  bytes: number;
  sha256: string;
}

/** The file of an export, or undefined when it is no longer kept. */
export function openExport(home: string, id: string): { bytes: number; stream: ReadStream } | undefined {
  const path = exportPath(home, id);
  const bytes = statSync(path, { throwIfNoEntry: false })?.size;
  return bytes === undefined ? undefined : { bytes, stream: createReadStream(path) };
}

/** Deletes the file of an export, and what a killed process left beside it. */
export function dropExportFile(home: string, id: string): void {
  for (const end of ['', '.making', '.making.body', '.making.spill'])
    rmSync(`${exportPath(home, id)}${end}`, { force: true, recursive: true });
}

function exportPath(home: string, id: string): string {
  return join(home, 'exports', id);
}

/**
 * Writes a published table, or all rows of the answer to a query, to a file of the server. Never opens the warehouse. Memory does not grow
 * with the rows, but for XLSX: a workbook is made in memory, and refused beyond the rows that a spreadsheet takes.
 */
export async function exportQuery(directory: string, home: string, input: ExportInput): Promise<ExportResult> {
  const results = await openResults(findWorkspace(directory).paths, input.run);
  const path = exportPath(home, input.export_id);
  const making = `${path}.making`;
  try {
    mkdirSync(join(home, 'exports'), { recursive: true, mode: 0o700 });
    // made for nobody else before a word stands in it
    closeSync(openSync(making, 'w', 0o600));
    const rows = await writeFile(results, input, making);
    renameSync(making, path);
    return { file: input.export_id, run: results.manifest.run, rows, ...(await digestOf(path)) };
  } catch (cause) {
    throw fullDisk(cause, join(home, 'exports'));
  } finally {
    rmSync(making, { force: true });
    results.close();
  }
}

/** @returns how many rows there are */
async function writeFile(results: Results, { table, query, format }: ExportInput, path: string): Promise<number> {
  if (table !== undefined) {
    const known = EXPORT_FORMATS.find((one) => one === format);
    if (known === undefined) throw new InputError('usage', `a table goes as ${EXPORT_FORMATS.join(', ')}`);
    return writePublished(results, table, known, path);
  }
  const { page: _, ...asked } = parseQuery(query);
  const streamed = ANSWER_FORMATS.find((one) => one === format);
  if (streamed !== undefined) return writeAnswer(results, asked, streamed, path);
  const answer = await runQuery(results, { ...asked, page: { limit: XLSX_MAX_ROWS, offset: 0 } });
  if (answer.truncated)
    throw new InputError(
      'too_large',
      `the answer has ${answer.totalRows} rows and ${format} at most ${XLSX_MAX_ROWS}; ask for another format, or part it by date_range`,
    );
  writeFileSync(path, await encodeTable(answer, format), { flush: true });
  return answer.rows.length;
}
