import { Readable } from 'node:stream';
import { buildWhole } from '../../pipeline/build.ts';
import { parseConfig } from '../../pipeline/config.ts';
import { creditPosts } from '../../pipeline/credit-posts.ts';
import { ingest } from '../../pipeline/ingest.ts';
import { buildReports } from '../../pipeline/publish.ts';
import type { StreamName } from '../../pipeline/streams.ts';
import { quoteText } from '../../pipeline/warehouse.ts';
import type { TestWorkspace } from '../helpers.ts';

/** Rows of plain streams, each an object of texts by column. */
export type PlainRows = Partial<Record<StreamName, readonly Readonly<Record<string, string>>[]>>;

let files = 0;

/** Ingests rows the way anybody would: one plain CSV a stream. A rejected record fails the test. */
export async function ingestPlain(workspace: TestWorkspace, rows: PlainRows): Promise<void> {
  for (const [stream, list] of Object.entries(rows)) {
    const columns = [...new Set(list.flatMap((row) => Object.keys(row)))];
    const lines = [columns, ...list.map((row) => columns.map((column) => row[column] ?? ''))];
    const text = `${lines.map((line) => line.map(quoted).join(',')).join('\n')}\n`;
    await ingest(workspace, Readable.from([Buffer.from(text)]), {
      name: `${stream}-${++files}.csv`,
      as: `plain_${stream}`,
      exportedAt: '2026-07-01T00:00:00Z',
      onError: 'abort',
    });
  }
}

/** Builds everything under a configuration, the reports included; the raw rows stay as they are. */
export async function buildUnder({ warehouse }: TestWorkspace, yaml: string): Promise<void> {
  const config = parseConfig(yaml, 'test');
  await buildWhole(warehouse, config);
  await creditPosts(warehouse, config);
  await buildReports(warehouse, config);
}

/** Puts rows straight into `raw.*`, byte for byte, past what reading a file does to cells. */
export async function insertRaw(
  { warehouse }: TestWorkspace,
  stream: StreamName,
  rows: readonly Readonly<Record<string, string | undefined>>[],
): Promise<void> {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const literal = (cell: string | undefined): string => (cell === undefined ? 'null' : `'${quoteText(cell)}'`);
  const lines = rows.map(
    (row, i) => `('s', 'b', ${i}, '2026-07-01', ${columns.map((c) => literal(row[c])).join(', ')})`,
  );
  await warehouse.run(
    `insert into raw.${stream} (source_id, batch_id, line_no, observed_at, ${columns.join(', ')}) values ${lines.join(', ')}`,
  );
}

/** An order with its sale in the ledger. */
export function order(
  id: string,
  at: string,
  total: string,
  more: Readonly<Record<string, string>> = {},
): { orders: Record<string, string>[]; money_event: Record<string, string>[] } {
  const { tax = '', ...columns } = more;
  const currency = columns.currency ?? 'EUR';
  const key = { shop_id: 's', source_order_id: id };
  return {
    orders: [{ ...key, system: 'plain', created_at: at, currency, total, has_analytics_consent: 'true', ...columns }],
    money_event: [
      { ...key, money_event_id: `${id}:sale`, kind: 'sale', occurred_at: at, amount: total, currency, tax },
    ],
  };
}

/** Several sets of rows as one. */
export function together(...sets: readonly PlainRows[]): PlainRows {
  const out: Record<string, Readonly<Record<string, string>>[]> = {};
  for (const set of sets) {
    for (const [stream, rows] of Object.entries(set)) out[stream] = [...(out[stream] ?? []), ...rows];
  }
  return out;
}

function quoted(cell: string): string {
  return /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
