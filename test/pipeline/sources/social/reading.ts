import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect } from 'vitest';
import type { IngestOptions, Receipt } from '../../../../pipeline/ingest.ts';
import { STREAM_NAMES } from '../../../../pipeline/streams.ts';
import { type TestWorkspace, testWorkspace } from '../../../helpers.ts';
import { csvVariants } from '../variants.ts';

const fixtures = new URL('../../../../../shared/fixtures/', import.meta.url);

export function hasFixtures(): boolean {
  return existsSync(fixtures);
}

export function fixture(path: string): Buffer {
  return readFileSync(new URL(path, fixtures));
}

type Row = Record<string, string | null>;

interface Reading {
  receipt: Receipt;
  /** rows of a stream that this file gave */
  rows(stream: string, columns?: string, order?: string): Promise<Row[]>;
  /** metric -> value, of one entity or of the only one */
  metrics(entity?: string): Promise<Record<string, number>>;
}

interface Reader {
  workspace(): TestWorkspace;
  /** ingests into a source of its own, as if these bytes had never come before, so that one workspace serves all tests */
  read(content: string | Uint8Array, options?: Record<string, string>, more?: IngestOptions): Promise<Reading>;
  /**
   * reads the same table again with its columns moved, columns nobody knows, a byte-order mark and Windows line ends,
   * and expects the same rows
   */
  expectSame(
    text: string,
    options?: Record<string, string>,
    shape?: { delimiter?: string; preamble?: number },
  ): Promise<void>;
}

/** One workspace for the tests of a file. */
export function reader(): Reader {
  let workspace: TestWorkspace;
  let sources = 0;
  beforeAll(async () => {
    workspace = await testWorkspace();
  });
  afterAll(() => workspace.close());

  const rowsOf = (receipt: Receipt, stream: string, columns: string, order: string): Promise<Row[]> =>
    workspace.warehouse.rows<Row>(`select ${columns} from raw.${stream} where batch_id = $batch order by ${order}`, {
      batch: receipt.batch_id,
    });

  // what was read from these bytes with these options, until the same bytes are read with others
  const remembered = new Map<string, { asked: string; reading: Reading }>();

  async function forget(batch: string): Promise<void> {
    if ((await workspace.warehouse.count('select count(*) from raw.batch where batch_id = $batch', { batch })) === 0)
      return;
    for (const table of ['batch', 'record', 'reject', ...STREAM_NAMES])
      await workspace.warehouse.run(`delete from raw.${table} where batch_id = $batch`, { batch });
  }

  async function read(
    content: string | Uint8Array,
    options: Record<string, string> = {},
    more: IngestOptions = {},
  ): Promise<Reading> {
    const batch = createHash('sha256').update(content).digest('hex');
    const asked = JSON.stringify([options, more]);
    const known = remembered.get(batch);
    if (known?.asked === asked) return known.reading;
    await forget(batch);
    const receipt = await workspace.ingestText(content, { source: `social${++sources}`, options, ...more });
    expect(receipt.read).toBe(receipt.accepted + receipt.duplicate + receipt.unchanged + receipt.rejected);
    const reading: Reading = {
      receipt,
      rows: (stream, columns = '*', order = 'line_no') => rowsOf(receipt, stream, columns, order),
      async metrics(entity) {
        const rows = await rowsOf(receipt, 'metric_observation', 'entity_id, metric, value', 'metric, line_no');
        const chosen = rows.filter((row) => entity === undefined || row.entity_id === entity);
        return Object.fromEntries(chosen.map((row) => [row.metric, Number(row.value)]));
      },
    };
    remembered.set(batch, { asked, reading });
    return reading;
  }

  async function everything(reading: Reading): Promise<Record<string, Row[]>> {
    const out: Record<string, Row[]> = {};
    for (const stream of Object.keys(reading.receipt.streams))
      out[stream] = await reading.rows(stream, '* exclude (source_id, batch_id)', 'all');
    return out;
  }

  return {
    workspace: () => workspace,
    read,
    async expectSame(text, options, shape) {
      const [moved] = csvVariants(text, shape);
      const [, extra] = csvVariants(moved.text, shape);
      const plain = await read(text, options);
      const other = await read(`\uFEFF${extra.text.replaceAll('\n', '\r\n')}`, options);
      expect(other.receipt.kind).toBe(plain.receipt.kind);
      expect(other.receipt.streams).toEqual(plain.receipt.streams);
      expect(await everything(other)).toEqual(await everything(plain));
    },
  };
}
