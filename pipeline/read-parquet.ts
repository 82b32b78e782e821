import { InputError } from '../models/errors.ts';
import { matchColumns } from './recognise.ts';
import { isMapping } from './sources/mapping.ts';
import { isPlain } from './sources/plain.ts';
import type { CsvFormat, SourceKind } from './sources/source.ts';
import { quoteName, quoteText, type Warehouse } from './warehouse.ts';

/** A Parquet file and the kind whose columns it has. */
export interface RecognisedParquet {
  type: 'parquet';
  kind: SourceKind;
  because: string;
  /** every column of the file, in order */
  headers: string[];
  /** DuckDB's type of each */
  types: string[];
  /** canonical column -> position in `headers` */
  positions: Readonly<Record<string, number>>;
}

/**
 * Tells what a Parquet file is by its columns: a mapping of the configuration, or a plain stream.
 *
 * @throws InputError `bad_input` when it cannot be read, `unknown_source` when no kind fits or two fit equally
 */
export async function recogniseParquet(
  warehouse: Warehouse,
  path: string,
  kinds: readonly SourceKind[],
  name: string,
  as?: string,
): Promise<RecognisedParquet> {
  const columns = await describe(warehouse, path, name);
  const headers = columns.map((column) => column.column_name);
  const candidates = kinds.filter(
    (kind) =>
      (as === undefined || kind.kind === as) &&
      (isPlain(kind) || (isMapping(kind) && kind.mapping.format === 'parquet')),
  );
  const { kind, positions } = matchColumns(headers, candidates, name);
  return {
    type: 'parquet',
    kind,
    because: `a Parquet file whose columns are those of ${kind.title} (${(kind.format as CsvFormat).required.map((column) => headers[positions[column]]).join(', ')})`,
    headers,
    types: columns.map((column) => column.column_type),
    positions,
  };
}

async function describe(
  warehouse: Warehouse,
  path: string,
  name: string,
): Promise<{ column_name: string; column_type: string }[]> {
  try {
    return await warehouse.rows(`describe select * from read_parquet('${quoteText(path)}')`);
  } catch (cause) {
    throw damaged(name, cause);
  }
}

const NUMERIC = /^(?:DECIMAL|U?(?:TINY|SMALL|BIG|HUGE)?INT|FLOAT|DOUBLE)/;

/**
 * Reads the file into the temporary table `input_row`, as text. Numbers become text with the decimal mark that the source
 * declares, so that they are read back as they were; floating point is written with the fewest digits that give it back.
 */
export async function readParquet(
  warehouse: Warehouse,
  path: string,
  recognised: RecognisedParquet,
  decimalMark: string | null,
  name: string,
): Promise<void> {
  const { headers, types, positions } = recognised;
  const text = (at: number): string => {
    const column = `cast(${quoteName(headers[at])} as varchar)`;
    return decimalMark === ',' && NUMERIC.test(types[at]) ? `replace(${column}, '.', ',')` : column;
  };
  const declared = Object.keys((recognised.kind.format as CsvFormat).columns).map((column) => {
    const at = positions[column];
    return `${at === undefined ? 'cast(null as varchar)' : text(at)} as ${quoteName(column)}`;
  });
  const all = headers.map((header) => `cast(${quoteName(header)} as varchar)`);
  try {
    await warehouse.run(`
      create temporary table input_row as
      select ${declared.join(', ')}, hash(${all.join(', ')}) as hash_a, hash(${[...all].reverse().join(', ')}, 1) as hash_b
      from read_parquet('${quoteText(path)}')`);
  } catch (cause) {
    throw damaged(name, cause);
  }
  await warehouse.run('create temporary table unreadable (line_no bigint, column_name varchar, reason varchar)');
}

function damaged(name: string, cause: unknown): unknown {
  if (cause instanceof InputError) return cause;
  return new InputError('bad_input', `${name}: the Parquet file is cut short or damaged; write it again`, { cause });
}
