import { existsSync } from 'node:fs';
import { afterAll } from 'vitest';
import type { IngestOptions, Receipt } from '../../../../pipeline/ingest.ts';
import { type TestWorkspace, testWorkspace } from '../../../helpers.ts';

export const fixtures = new URL('../../../../../shared/fixtures/', import.meta.url);
export const hasFixtures = existsSync(fixtures);

interface Read {
  receipt: Receipt;
  /** rows of `raw.<stream>`, without bookkeeping and nulls */
  rows: (stream: string, order?: string) => Promise<Record<string, string>[]>;
  workspace: TestWorkspace;
}

let shared: Promise<TestWorkspace> | undefined;

/** Opening a workspace costs more than reading a small file: the tests of one file share one, emptied after each read. */
async function sharedWorkspace(): Promise<TestWorkspace> {
  shared ??= testWorkspace();
  return shared;
}

afterAll(async () => {
  (await shared)?.close();
  shared = undefined;
});

/** Ingests one text into an empty workspace and hands its rows to `check`. */
export async function withRead(
  content: string | Uint8Array | URL,
  check: (read: Read) => Promise<void>,
  options: IngestOptions = {},
): Promise<void> {
  const workspace = await sharedWorkspace();
  let receipt: Receipt | undefined;
  try {
    receipt =
      content instanceof URL
        ? await workspace.ingestFile(content, options)
        : await workspace.ingestText(content, options);
    await check({ receipt, workspace, rows: (stream, order) => rowsOf(workspace, stream, order) });
  } finally {
    for (const table of [...Object.keys(receipt?.streams ?? {}), 'batch', 'record', 'reject'])
      await workspace.warehouse.run(`delete from raw.${table}`);
  }
}

export async function rowsOf(
  workspace: TestWorkspace,
  stream: string,
  order = 'line_no',
): Promise<Record<string, string>[]> {
  const rows = await workspace.warehouse.rows<Record<string, string | null>>(
    `select * exclude (source_id, batch_id, line_no, observed_at) from raw.${stream} order by ${order}, line_no`,
  );
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))) as Record<
    string,
    string
  >[];
}

/** Money as the ledger adds it up, per kind of event. */
export async function ledger(workspace: TestWorkspace): Promise<Record<string, string>> {
  const rows = await workspace.warehouse.rows<{ kind: string; total: string }>(
    `select kind || ' ' || currency as kind, cast(sum(cast(amount as decimal(18, 2))) as varchar) as total
     from raw.money_event group by 1 order by 1`,
  );
  return Object.fromEntries(rows.map((row) => [row.kind, row.total]));
}

/** Read = accepted + duplicate + unchanged + rejected. */
export function addsUp(receipt: Receipt): boolean {
  return receipt.read === receipt.accepted + receipt.duplicate + receipt.unchanged + receipt.rejected;
}
