import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  fsyncSync,
  mkdirSync,
  openSync,
  type ReadStream,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../models/errors.ts';
import { encodeTable } from '../encode-table.ts';
import { runQuery } from '../query.ts';
import { parseQuery, QUERY_LIMITS } from '../query-schema.ts';
import { openResults } from '../results.ts';
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

/** Deletes the file of an export. */
export function dropExportFile(home: string, id: string): void {
  rmSync(exportPath(home, id), { force: true });
}

function exportPath(home: string, id: string): string {
  return join(home, 'exports', id);
}

/** Asks a published run and writes all rows of the answer to a file of the server. Never opens the warehouse. */
export async function exportQuery(directory: string, home: string, input: ExportInput): Promise<ExportResult> {
  const results = await openResults(findWorkspace(directory).paths, input.run);
  const path = exportPath(home, input.export_id);
  const making = `${path}.making`;
  try {
    const { page: _, ...query } = parseQuery(input.query);
    const table = await runQuery(results, { ...query, page: { limit: QUERY_LIMITS.rows, offset: 0 } });
    if (table.truncated)
      throw new InputError(
        'too_large',
        `the answer has ${table.totalRows} rows and a file at most ${QUERY_LIMITS.rows}; ask for fewer dimensions, or part it by date_range`,
      );
    const bytes = await encodeTable(table, input.format);
    mkdirSync(join(home, 'exports'), { recursive: true, mode: 0o700 });
    const handle = openSync(making, 'w', 0o600);
    try {
      writeSync(handle, bytes);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(making, path);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { file: input.export_id, run: results.manifest.run, rows: table.rows.length, bytes: bytes.length, sha256 };
  } finally {
    rmSync(making, { force: true });
    results.close();
  }
}
