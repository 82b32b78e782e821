import { InputError } from '../../models/errors.ts';
import type { Config, SourceConfig } from '../config.ts';
import { nearest } from '../nearest.ts';
import { sqlFile } from '../sql-files.ts';
import { type ColumnType, STREAM_NAMES, type StreamName, streamOf } from '../streams.ts';
import { quoteName, quoteText } from '../warehouse.ts';
import { ASSUMED_ZONE, isPlain } from './plain.ts';
import type { SourceKind } from './source.ts';

/** A kind made from a `sources` entry that has a `columns` map: any CSV, NDJSON or Parquet becomes a stream. */
export interface MappingKind extends SourceKind {
  mapping: {
    stream: StreamName;
    columns: Readonly<Record<string, string>>;
    constants: Readonly<Record<string, string>>;
    format: 'csv' | 'ndjson' | 'parquet';
  };
}

/** @throws InputError `bad_config` for an unknown stream or column, naming the nearest */
export function mappingSources(config: Config): MappingKind[] {
  return config.sources.filter((source) => source.columns !== undefined).map(mappingSource);
}

/** `--as` name of a source that has a column map. */
export function mappingKind(source: SourceConfig): string {
  return `mapping_${source.id}`;
}

function mappingSource(source: SourceConfig): MappingKind {
  const stream = source.stream as StreamName;
  if (!STREAM_NAMES.includes(stream)) {
    const close = nearest(String(source.stream ?? ''), STREAM_NAMES);
    throw new InputError(
      'bad_config',
      `sources.${source.id}.stream is ${source.stream ?? 'missing'}; expected one of ${STREAM_NAMES.join(', ')}${close ? `; did you mean ${close}?` : ''}`,
    );
  }
  const columns = source.columns ?? {};
  const constants = Object.fromEntries(
    Object.entries(source.constants ?? {}).map(([key, value]) => [key, String(value)]),
  );
  const known = [...Object.keys(streamOf(stream).columns), 'observed_at'];
  for (const column of [...Object.keys(columns), ...Object.keys(constants)]) {
    if (known.includes(column)) continue;
    const close = nearest(column, known);
    throw new InputError(
      'bad_config',
      `sources.${source.id}: ${stream} has no column ${column}; ${close ? `did you mean ${close}?` : `it has ${known.join(', ')}`}`,
    );
  }
  const missing = Object.entries(streamOf(stream).columns).filter(
    ([name, column]) => column.required && !(name in columns) && !(name in constants),
  );
  if (missing.length > 0) {
    throw new InputError(
      'bad_config',
      `sources.${source.id}: ${stream} needs ${missing.map(([name]) => name).join(', ')}; map them in columns or give them in constants`,
    );
  }
  const format = source.format ?? 'csv';
  // a JSON record may leave out what it has no value for
  const required = Object.keys(columns).filter((column) => streamOf(stream).columns[column]?.required);
  const needed = required.length > 0 ? required : Object.keys(columns);
  return {
    kind: mappingKind(source),
    title: `the mapping ${source.id}`,
    platform: source.platform ?? 'mapping',
    streams: stream === 'orders' ? ['orders', 'money_event'] : [stream],
    mapping: { stream, columns, constants, format },
    assumes: ASSUMED_ZONE,
    format:
      format === 'ndjson'
        ? {
            type: 'json',
            recordsAt: source.records_at === undefined ? [] : [source.records_at],
            matches: (record) => needed.every((column) => has(record, columns[column])),
          }
        : {
            type: 'csv',
            columns: Object.fromEntries(Object.entries(columns).map(([column, header]) => [column, [header]])),
            required: Object.keys(columns),
          },
  };
}

/** A kind as one source means it: orders that do not count as sales write no money. */
export function kindFor<Kind extends SourceKind>(kind: Kind, source: SourceConfig): Kind {
  if (source.counts_as_sale !== false || !isDeclared(kind) || kind.streams[0] !== 'orders') return kind;
  return { ...kind, streams: ['orders'] };
}

export function isMapping(kind: SourceKind): kind is MappingKind {
  return 'mapping' in kind;
}

/** True when a kind's SQL follows from the stream's declaration, so that it needs no file under `sql/read`. */
export function isDeclared(kind: SourceKind): boolean {
  return isPlain(kind) || isMapping(kind);
}

/**
 * The `sql/read` of a declared kind: each column of the stream, brought to canonical text by its type.
 * Bound: `$decimal_mark`, `$time_zone`, `$date_order`.
 */
export function declaredSelect(kind: SourceKind, stream: StreamName, present?: ReadonlySet<string>): string {
  if (stream !== kind.streams[0]) {
    // orders write what was paid for them as well
    const orders = declaredSelect(kind, kind.streams[0], present);
    return sqlFile(`read/mapping/${stream}`).replace('mapped_orders', `(${orders}) as mapped_orders`);
  }
  const columns = { ...streamOf(stream).columns, observed_at: { type: 'instant' as ColumnType } };
  const isStudy = stream === 'assignment' || stream === 'exposure';
  const keyed: string[] = [];
  const items = Object.entries(columns).map(([name, column]) => {
    const cell = cellOf(kind, name);
    // what the file does not have is null, and costs nothing
    if (present !== undefined && cell === quoteName(name) && !present.has(name))
      return `    cast(null as varchar) as ${cell}`;
    if (column.type === 'person') {
      keyed.push(personKeys(name, cell));
      return `    ${quoteName(`key of ${name}`)}.key as ${quoteName(name)}`;
    }
    const text =
      isStudy && name === 'unit' ? unitText(cell, cellOf(kind, 'unit_kind')) : canonicalText(column.type, cell);
    return `    ${text} as ${quoteName(name)}`;
  });
  return `select\n    line_no,\n${items.join(',\n')}\nfrom input${keyed.join('')}`;
}

/** A person comes back in many rows: each is keyed once, which costs more than all else that is done to a row. */
function personKeys(name: string, cell: string): string {
  const keys = quoteName(`key of ${name}`);
  return `
left join (
    select given, plain_person_key(given) as key
    from (select distinct ${cell} as given from input)
    where given is not null
) as ${keys}
    on ${keys}.given = (${cell})`;
}

function cellOf(kind: SourceKind, column: string): string {
  if (!isMapping(kind)) return quoteName(column);
  const { columns, constants, format } = kind.mapping;
  if (column in constants) return `'${quoteText(constants[column])}'`;
  if (!(column in columns)) return 'cast(null as varchar)';
  return format === 'ndjson' ? `record ->> '${quoteText(jsonPath(columns[column]))}'` : quoteName(column);
}

function canonicalText(type: ColumnType, cell: string): string {
  switch (type) {
    case 'instant':
      // the plainest form passes as it is; only others are worth a parse
      return `case when ends_with(${cell}, 'Z') and try_cast(${cell} as timestamp) is not null then ${cell} else export_instant_text(cell(${cell}), coalesce($time_zone, 'UTC'), $date_order) end`;
    case 'day':
      return `ordered_day_text(${cell}, $date_order)`;
    case 'money':
    case 'number':
    case 'rate':
    case 'integer':
      return `number_text(${cell}, $decimal_mark)`;
    case 'flag':
      return `case when ${cell} = 'true' or ${cell} = 'false' then ${cell} else flag_text(${cell}) end`;
    case 'currency':
      return `upper(cell(${cell}))`;
    default:
      return `cell(${cell})`;
  }
}

/** Units of a study are persons unless their kind says geo or block; a person is keyed like everywhere else. */
function unitText(cell: string, unitKind: string): string {
  return `case when lower(cell(${unitKind})) in ('geo', 'block') then cell(${cell}) else plain_person_key(${cell}) end`;
}

function jsonPath(path: string): string {
  if (path.startsWith('$')) return path;
  return `$${path
    .split('.')
    .map((key) => `."${key.replaceAll('"', '\\"')}"`)
    .join('')}`;
}

function has(record: Readonly<Record<string, unknown>>, path: string): boolean {
  let at: unknown = record;
  for (const part of path.replace(/^\$\./, '').split('.')) {
    if (at === null || typeof at !== 'object' || !(part in at)) return false;
    at = (at as Record<string, unknown>)[part];
  }
  return true;
}
