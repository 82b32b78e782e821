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
import { encodeTable, type TableFormat } from '../encode-table.ts';
import { writeAnswer } from '../export-answer.ts';
import { digestOf, EXPORT_FORMATS, type ExportFormat, writePublished } from '../export-table.ts';
import { fullDisk } from '../full-disk.ts';
import { runQuery } from '../query.ts';
import { parseQuery } from '../query-schema.ts';
import { openResults, type Results } from '../results.ts';
import { findWorkspace } from '../workspace.ts';
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

/** Rows of a file that is made in memory. */
const MEMORY_ROWS = 100_000;

/**
 * Writes a published table, or all rows of the answer to a query, to a file of the server. Never opens the warehouse. CSV, Arrow and
 * Parquet are written by the database, however many rows there are; the other formats are made in memory and refused beyond 100 000.
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
    if (!isWrittenByDatabase(format)) throw new InputError('usage', `a table goes as ${EXPORT_FORMATS.join(', ')}`);
    return writePublished(results, table, format, path);
  }
  const { page: _, ...asked } = parseQuery(query);
  if (isWrittenByDatabase(format)) return writeAnswer(results, asked, format, path);
  const answer = await runQuery(results, { ...asked, page: { limit: MEMORY_ROWS, offset: 0 } });
  if (answer.truncated)
    throw new InputError(
      'too_large',
      `the answer has ${answer.totalRows} rows and ${format} at most ${MEMORY_ROWS}; ask for csv, arrow or parquet, or part it by date_range`,
    );
  writeFileSync(path, await encodeTable(answer, format), { flush: true });
  return answer.rows.length;
}

function isWrittenByDatabase(format: TableFormat): format is ExportFormat {
  return (EXPORT_FORMATS as readonly TableFormat[]).includes(format);
}
