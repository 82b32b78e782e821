import { InputError } from '../models/errors.ts';
import { encodeTable, type TableFormat } from '../pipeline/encode-table.ts';
import type { Table } from '../pipeline/table.ts';
import { writeOutput } from '../pipeline/write-output.ts';
import { isPlain, print, printJson, textTable } from './terminal.ts';

export type ReportFormat = 'table' | TableFormat;

export const REPORT_FORMATS: readonly ReportFormat[] = ['table', 'json', 'ndjson', 'csv', 'arrow', 'parquet', 'xlsx'];

/** Prints a table, or writes it to a file, in the format asked for. Binary formats never go to a terminal. */
export async function writeTable(
  table: Table,
  format: ReportFormat,
  out: string | undefined,
  preface: string,
  notes: readonly string[],
): Promise<void> {
  if (format === 'table') {
    const text = isPlain()
      ? textTable(table)
      : `${preface}\n\n${textTable(table)}\n${notes.map((note) => `\n${note}`).join('')}`;
    if (out === undefined) print(text);
    else writeOutput(out, `${text}\n`);
    return;
  }
  const bytes = await encodeTable(table, format);
  if (out !== undefined) writeOutput(out, bytes);
  else if (format === 'json') printJson(JSON.parse(Buffer.from(bytes).toString('utf8')));
  else if (format === 'csv' || format === 'ndjson') process.stdout.write(bytes);
  else if (process.stdout.isTTY)
    throw new InputError('usage', `${format} is binary; say where to with --out, or pipe it on`);
  else process.stdout.write(bytes);
}
