import { createReadStream, createWriteStream } from 'node:fs';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InputError } from '../models/errors.ts';
import { checkLineLength } from './line-length.ts';
import type { RecognisedCsv } from './recognise.ts';
import { recordLines } from './record-lines.ts';
import type { CsvFormat } from './sources/source.ts';
import { quoteName, quoteText, type Warehouse } from './warehouse.ts';

/**
 * Reads a CSV into the temporary tables `input_row` and `unreadable`.
 *
 * @returns the path of what was read
 * @throws InputError `too_large`, `bad_input` for a quote that is never closed
 */
export async function readCsv(
  warehouse: Warehouse,
  path: string,
  recognised: RecognisedCsv,
  options: { work: string; maxRecordBytes: number; name: string },
): Promise<string> {
  await checkLineLength(path, options.maxRecordBytes, options.name);
  try {
    await scanCsv(warehouse, path, recognised, options);
    return path;
  } catch (cause) {
    // DuckDB reads LF or CRLF, not both in one file
    if (!/state machine reached an invalid state/.test(String((cause as Error).message))) throw cause;
    await warehouse.run('drop table if exists temp.input_row');
    await dropScanRejects(warehouse);
    const plain = `${options.work}.records`;
    await pipeline(createReadStream(path), plainLineEnds(), createWriteStream(plain));
    await scanCsv(warehouse, plain, recognised, options);
    return plain;
  }
}

async function scanCsv(
  warehouse: Warehouse,
  path: string,
  recognised: RecognisedCsv,
  options: { maxRecordBytes: number; name: string },
): Promise<void> {
  const format = recognised.kind.format as CsvFormat;
  const all = recognised.headers.map((_, i) => `c${i}`);
  const declared = Object.keys(format.columns).map((column) => {
    const at = recognised.positions[column];
    return `${at === undefined ? 'cast(null as varchar)' : `c${at}`} as ${quoteName(column)}`;
  });
  // Scan-level problems (a short line, a bad quote, bad bytes) become rows of reject_errors instead of ending the read, known by
  // the byte they start at: its line numbers do not count the line ends inside cells.
  // A buffer of four longest lines: a thread takes a quarter of one at a time, and of the default, sixteen, few files have two quarters.
  // `new_line` is left to the reader: said to be CRLF, a strict scan returns no row at all.
  await warehouse.run(`
    create temporary table input_row as
    select ${declared.join(', ')}, hash(${all.join(', ')}) as hash_a, hash(${[...all].reverse().join(', ')}, 1) as hash_b
    from read_csv('${quoteText(path)}',
      auto_detect = false, header = false, skip = ${recognised.skipLines},
      delim = '${recognised.delimiter === '\t' ? '\\t' : recognised.delimiter}', quote = '"', escape = '"',
      strict_mode = true, null_padding = false, store_rejects = true, max_line_size = ${options.maxRecordBytes},
      buffer_size = ${4 * options.maxRecordBytes}, columns = {${all.map((column) => `${column}: 'VARCHAR'`).join(', ')}})`);
  await refuseOpenQuote(warehouse, path, recognised, options.name);
  await warehouse.run(`
    create temporary table unreadable as
    select line_byte_position - 1 as line_no, '(line)' as column_name, min(${REASON}) as reason
    from reject_errors group by line_byte_position`);
  await dropScanRejects(warehouse);
}

/** Why a line could not be read, in words; what the reader of files calls a column is a cell to who wrote the line. */
const REASON = `case error_type
    when 'MISSING COLUMNS' then 'has ' || regexp_extract(error_message, 'Found: ([0-9]+)', 1) || ' of the ' || regexp_extract(error_message, 'Columns: ([0-9]+)', 1) || ' cells that its header names'
    when 'TOO MANY COLUMNS' then 'has more than the ' || regexp_extract(error_message, 'Columns: ([0-9]+)', 1) || ' cells that its header names; quote cells that hold the separator'
    when 'UNQUOTED VALUE' then 'has a quote that is not closed, or text behind one that is'
    when 'INVALID ENCODING' then 'holds bytes that are not UTF-8'
    else error_message
  end`;

/** A quote that is never closed takes all lines behind it for one cell: how many records that were, nobody can count. */
async function refuseOpenQuote(
  warehouse: Warehouse,
  path: string,
  recognised: RecognisedCsv,
  name: string,
): Promise<void> {
  const byte = await warehouse.value<string | null>(`
    select min(line_byte_position - 1) from reject_errors
    where error_type = 'UNQUOTED VALUE' and regexp_matches(trim(csv_line, chr(10) || chr(13)), '[\\n\\r]')`);
  if (byte === null) return;
  const { unreadable } = await recordLines(path, recognised, [], [Number(byte)]);
  const line = unreadable.get(Number(byte));
  throw new InputError(
    'bad_input',
    `${name}${line === undefined ? '' : `:${line}`}: a quote is opened and not closed, so the lines behind it cannot be told apart; mend the quote`,
    { details: { line } },
  );
}

/** What DuckDB notes of lines that it could not read. */
export async function dropScanRejects(warehouse: Warehouse): Promise<void> {
  await warehouse.run('drop table if exists reject_errors');
  await warehouse.run('drop table if exists reject_scans');
}

/** CRLF as LF, in quotes too. */
function plainLineEnds(): Transform {
  let endsInReturn = false;
  return new Transform({
    transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
      const text = (endsInReturn ? '\r' : '') + chunk.toString('latin1');
      endsInReturn = text.endsWith('\r');
      done(null, Buffer.from((endsInReturn ? text.slice(0, -1) : text).replaceAll('\r\n', '\n'), 'latin1'));
    },
    flush(done: TransformCallback) {
      done(null, Buffer.from(endsInReturn ? '\r' : '', 'latin1'));
    },
  });
}
