import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { TimedJourneys } from '../models/attribution/index.ts';
import { keyOfText } from '../models/attribution/poisson-weights.ts';
import { InputError } from '../models/errors.ts';

export interface TimedFile {
  journeys: TimedJourneys;
  /** 64-bit hash of each journey's person; absent where the file does not say whose journeys they are */
  personKeys?: BigUint64Array;
}

interface Journey {
  id: string;
  person: string;
  converted: boolean;
  revenue: number;
  touches: { channel: string; age: number }[];
}

/**
 * Reads journeys with times, one row a touch: `journey`, `channel`, `converted` (0 or 1, the same on all rows of a journey), and
 * either `days_before` (days from the touch to the conversion or, without one, to the end of observation) or `touched_at` and
 * `ended_at` (ISO instants). Optional: `revenue` of the conversion (on any row of the journey), `person`. An empty channel is a
 * journey without a touch. The order of rows does not matter.
 *
 * @throws InputError `bad_paths` naming file, line and column, `not_found`
 */
export function readTimed(path: string): TimedFile {
  const rows = recordsOf(path);
  const names = Object.keys(rows[0].record);
  const need = (column: string): void => {
    if (!names.includes(column))
      throw new InputError('bad_paths', `${path}: needs the column ${column}; it has ${names.join(', ')}`);
  };
  for (const column of ['journey', 'channel', 'converted']) need(column);
  if (!names.includes('days_before')) {
    need('touched_at');
    need('ended_at');
  }
  const byId = new Map<string, Journey>();
  for (const row of rows) addRow(byId, row, path);
  const journeys = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { journeys: timedOf(journeys), ...(names.includes('person') ? { personKeys: keysOf(journeys) } : {}) };
}

/** Whether a CSV is one of timed journeys and not one of paths, by its header. @throws InputError `not_found` */
export function isTimedFile(path: string): boolean {
  const header = textOf(path).split(/\r?\n/, 1)[0].toLowerCase();
  const names = header
    .replace(/^\ufeff/, '')
    .split(',')
    .map((name) => name.trim().replaceAll('"', ''));
  return names.includes('journey') && names.includes('channel');
}

/**
 * Reads spend by channel: columns `channel` and `spend`; rows of one channel add up.
 *
 * @throws InputError `bad_input` naming file, line and column, `not_found`
 */
export function readSpend(path: string): Record<string, number> {
  const rows = recordsOf(path);
  const spend: Record<string, number> = {};
  for (const { record, info } of rows) {
    if (record.channel === undefined || record.spend === undefined)
      throw new InputError(
        'bad_input',
        `${path}: needs the columns channel and spend; it has ${Object.keys(record).join(', ')}`,
      );
    const amount = Number(record.spend);
    if (record.spend === '' || !Number.isFinite(amount) || amount < 0)
      throw new InputError('bad_input', `${path}:${info.lines}: spend is ${record.spend}; give a number >= 0`);
    spend[record.channel] = (spend[record.channel] ?? 0) + amount;
  }
  return spend;
}

interface CsvRow {
  record: Record<string, string>;
  info: { lines: number };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InputError('not_found', `${path}: cannot be read; name a CSV file`, { cause });
  }
}

function recordsOf(path: string): CsvRow[] {
  let rows: CsvRow[];
  try {
    rows = parse(textOf(path), {
      columns: (header: string[]) => header.map((name) => name.trim().toLowerCase()),
      bom: true,
      info: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as CsvRow[];
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError('bad_paths', `${path}: ${(cause as Error).message}; give a CSV with a header`, { cause });
  }
  if (rows.length === 0) throw new InputError('bad_paths', `${path}: holds no row; give a header and at least one row`);
  return rows;
}

function addRow(byId: Map<string, Journey>, { record, info }: CsvRow, path: string): void {
  const wrong = (column: string, want: string): InputError =>
    new InputError('bad_paths', `${path}:${info.lines}: ${column} is ${record[column] || 'empty'}; give ${want}`);
  if (record.journey === '') throw wrong('journey', 'the id of the journey');
  if (!/^(0|1|true|false)$/i.test(record.converted)) throw wrong('converted', '0 or 1');
  const converted = /^(1|true)$/i.test(record.converted);
  const revenue = Number(record.revenue ?? 0);
  if (!Number.isFinite(revenue)) throw wrong('revenue', 'a plain number');
  if (revenue !== 0 && !converted) throw wrong('revenue', '0 where the journey did not convert');
  let journey = byId.get(record.journey);
  if (journey === undefined) {
    journey = { id: record.journey, person: record.person ?? '', converted, revenue: 0, touches: [] };
    byId.set(record.journey, journey);
  }
  if (journey.converted !== converted) throw wrong('converted', 'the same on all rows of a journey');
  if (journey.person !== (record.person ?? '')) throw wrong('person', 'the same on all rows of a journey');
  if (revenue !== 0 && journey.revenue !== 0 && revenue !== journey.revenue)
    throw wrong('revenue', 'the revenue of the conversion, the same wherever it stands in a journey');
  if (revenue !== 0) journey.revenue = revenue;
  if (record.channel === '') return;
  const days =
    record.days_before === undefined ? between(record.touched_at, record.ended_at) : Number(record.days_before);
  if (record.days_before === '' || !Number.isFinite(days) || days < 0)
    throw record.days_before === undefined
      ? wrong('touched_at', 'an instant such as 2026-03-01T10:00:00Z, not after ended_at')
      : wrong('days_before', 'a number of days >= 0');
  journey.touches.push({ channel: record.channel, age: days });
}

function between(touchedAt: string, endedAt: string): number {
  return (Date.parse(endedAt) - Date.parse(touchedAt)) / 86_400_000;
}

function timedOf(list: readonly Journey[]): TimedJourneys {
  const channels = [...new Set(list.flatMap((journey) => journey.touches.map((touch) => touch.channel)))].sort();
  const index = new Map(channels.map((name, i) => [name, i]));
  const offsets = new Uint32Array(list.length + 1);
  const touches = list.flatMap((journey, i) => {
    offsets[i + 1] = offsets[i] + journey.touches.length;
    // equal times: by channel, so that the order of rows does not matter
    return journey.touches.sort(
      (a, b) => b.age - a.age || (a.channel < b.channel ? -1 : a.channel > b.channel ? 1 : 0),
    );
  });
  return {
    channels,
    offsets,
    channel: Uint32Array.from(touches, (touch) => index.get(touch.channel)!),
    ageDays: Float64Array.from(touches, (touch) => touch.age),
    converted: Uint8Array.from(list, (journey) => (journey.converted ? 1 : 0)),
    revenue: Float64Array.from(list, (journey) => journey.revenue),
  };
}

/** A journey of nobody known is a person of its own. */
function keysOf(list: readonly Journey[]): BigUint64Array {
  return BigUint64Array.from(list, ({ person, id }) => {
    const { low, high } = keyOfText(person === '' ? `journey ${id}` : person);
    return (BigInt(high) << 32n) | BigInt(low);
  });
}
