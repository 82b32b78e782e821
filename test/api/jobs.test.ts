import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningServer, startServer } from '../../api/server.ts';
import { verifyAuditChain } from '../../pipeline/control/audit.ts';
import { createKey } from '../../pipeline/control/keys.ts';
import type { Control } from '../../pipeline/control/open-control.ts';
import { createWebhook, listDeliveries } from '../../pipeline/control/webhooks.ts';
import { findWorkspace } from '../../pipeline/workspace.ts';
import { type TestControl, testControl } from '../pipeline/control/server.ts';

const CONFIG = `workspace: acme
reporting: { time_zone: UTC, currency: EUR }
privacy: { k: 5 }
`;
const HEADER =
  'shop_id,source_order_id,system,created_at,currency,total,customer_key,has_analytics_consent,observed_at';
const order = (id: number, person: string) =>
  `s,${id},plain,2026-01-0${1 + (id % 9)}T10:00:00Z,EUR,${10 + id}.00,${person},true,2026-02-01`;
const ORDERS = `${HEADER}\n${Array.from({ length: 20 }, (_, i) => order(i, `p${i}@example.com`)).join('\n')}\n`;

// each job is a process of its own
vi.setConfig({ testTimeout: 180_000 });

let database: TestControl;
let control: Control;
let directory: string;
let server: RunningServer;
let token: string;

beforeAll(async () => {
  database = await testControl();
  control = { ...database, db: database.store.db, pepper: Buffer.alloc(32, 2) };
  directory = mkdtempSync(join(tmpdir(), 'liftproof-jobs-api-'));
  const workspace = join(directory, 'workspace');
  mkdirSync(workspace);
  writeFileSync(join(workspace, 'liftproof.yaml'), CONFIG);
  process.env.LIFTPROOF_BACKUPS = join(directory, 'backups');
  server = await startServer({
    workspace: findWorkspace(workspace),
    control,
    port: 0,
    pointsPerMinute: 1e9,
    metricsPort: 0,
  });
  token = (await createKey(control.db, control.pepper, 'acme', { name: 'test', role: 'owner' }, new Date())).token;
});
afterAll(async () => {
  delete process.env.LIFTPROOF_BACKUPS;
  await server.close();
  await database.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Shown {
  id: string;
  state: string;
  result: Record<string, unknown>;
  error: unknown;
}

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID(), ...(init.headers as object) };
  return fetch(`${server.url}${path.startsWith('/') ? path : `/v1/w/acme/${path}`}`, { ...init, headers });
}
const post = (path: string, body: unknown) =>
  ask(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
const send = (path: string, type: string, body: string) =>
  ask(path, { method: 'POST', body, headers: { 'content-type': type } });

/** Waits for the job that a request began. */
async function done(response: Response): Promise<Shown> {
  const { job } = (await response.json()) as { job: Shown };
  expect([response.status, response.headers.get('location')]).toEqual([202, expect.stringContaining(job.id)]);
  const deadline = performance.now() + 40_000;
  for (;;) {
    const now = (await (await ask(`jobs/${job.id}`)).json()) as Shown;
    if (now.state === 'succeeded') return now;
    if (now.state === 'failed' || now.state === 'cancelled' || performance.now() > deadline)
      throw new Error(`the job ${now.state}: ${JSON.stringify(now.error)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('from an upload to a file, over HTTP alone', () => {
  it('is not ready to answer before something was published, but is up', async () => {
    expect(await (await ask('/readyz')).json()).toEqual({ status: 'ok', has_run: false });
    expect((await ask('catalog')).status).toBe(422);
  });

  it('takes rows as CSV, as JSON and as lines of JSON, each once', async () => {
    const csv = await send('ingest/orders?exported_at=2026-02-01T00:00:00Z', 'text/csv', ORDERS);
    const receipt = (await csv.clone().json()) as { batch_id: string; bytes: number };
    expect(receipt).toMatchObject({
      batch_id: createHash('sha256').update(ORDERS).digest('hex'),
      bytes: ORDERS.length,
    });
    expect((await done(csv)).result).toMatchObject({ state: 'loaded', read: 20, accepted: 20, rejected: 0 });
    const again = await done(await send('ingest/orders', 'text/csv', ORDERS));
    expect(again.result).toMatchObject({ state: 'already_loaded' });
    const rates = [{ rate_date: '2026-01-01', base: 'USD', quote: 'EUR', rate: 0.9 }];
    const json = await done(await send('ingest/fx', 'application/json', JSON.stringify(rates)));
    expect(json.result).toMatchObject({ state: 'loaded', accepted: 1 });
    const lines = rates.map((row) => JSON.stringify({ ...row, rate_date: '2026-01-02' })).join('\n');
    expect((await done(await send('ingest/fx', 'application/x-ndjson', lines))).result).toMatchObject({ accepted: 1 });
    const batch = (await (await ask(`ingest/batches/${receipt.batch_id}`)).json()) as { stream: string; job: Shown };
    expect(batch).toMatchObject({ stream: 'orders', job: { state: 'succeeded' } });
    const wrong = await send('ingest/nonsense', 'text/csv', 'a\n1\n');
    expect([wrong.status, (await send('ingest/orders', 'image/png', 'x')).status]).toEqual([404, 415]);
    expect((await send('ingest/orders', 'text/csv', 'x'.repeat(10 * 2 ** 20 + 1))).status).toBe(413);
    // the bytes are in landing/, and nowhere else
    expect(readdirSync(join(control.home, 'uploads'))).toEqual([]);
  });

  it('publishes a run, tells who asked to be told, and serves it', async () => {
    const settings = {
      workspace: 'acme',
      url: 'https://192.0.2.1/',
      events: ['run.published'] as const,
      createdBy: 'x',
      now: new Date(),
    };
    const { webhook } = await createWebhook(control.db, control.pepper, settings);
    const job = await done(await post('runs', {}));
    const { run } = job.result as { run: string };
    expect(await (await ask('/readyz')).json()).toEqual({ status: 'ok', has_run: true });
    const answer = (await (await post('query', { metrics: ['conversions'] })).json()) as { data: unknown };
    expect(answer.data).toEqual([{ conversions: '20.000000000' }]);
    expect(((await (await ask('runs')).json()) as { data: { run: string }[] }).data.map((one) => one.run)).toEqual([
      run,
    ]);
    await expect
      .poll(async () => (await listDeliveries(control.db, webhook.id, 9))[0]?.lastError, { timeout: 15_000 })
      .toContain('not an address of the public internet');
  });

  it('writes an answer to a file behind a link that needs no key', async () => {
    const query = { metrics: ['conversions', 'revenue_net'], dimensions: ['time:day'] };
    const begun = await post('exports', { query, format: 'csv' });
    await done(begun.clone());
    const { id } = (await begun.json()) as { id: string };
    const shown = (await (await ask(`exports/${id}`)).json()) as { file: string; rows: number; sha256: string };
    const file = await fetch(`${server.url}${shown.file}`);
    const text = await file.text();
    expect([file.status, createHash('sha256').update(text).digest('hex')]).toEqual([200, shown.sha256]);
    expect(text).toBe(await (await post('query?format=csv', query)).text());
    expect(text.trimEnd().split('\r\n')).toHaveLength(shown.rows + 1);
  });

  it('writes a published table to a file, to those who may read it', async () => {
    const begun = await post('exports', { table: 'attribution', format: 'arrow' });
    const job = await done(begun.clone());
    expect((job.result as { rows: number }).rows).toBeGreaterThan(0);
    const { id } = (await begun.json()) as { id: string };
    const { file } = (await (await ask(`exports/${id}`)).json()) as { file: string };
    expect((await fetch(`${server.url}${file}`)).headers.get('content-type')).toContain('arrow');
    const wrong = [{ table: 'atribution' }, {}, { table: 'roi', format: 'xlsx' }, { table: 'roi', query: {} }];
    for (const body of wrong) expect((await post('exports', body)).status).toBe(422);
    const client = await createKey(control.db, control.pepper, 'acme', { name: 'c', role: 'client' }, new Date());
    const headers = { authorization: `Bearer ${client.token}`, 'content-type': 'application/json' };
    const books = { method: 'POST', headers, body: JSON.stringify({ table: 'roi', format: 'csv' }) };
    expect((await ask('exports', books)).status).toBe(403);
  });

  it('erases a person and serves the run without them', async () => {
    const before = (await (await ask('runs')).json()) as { data: { run: string }[] };
    const job = await done(await post('privacy/erase', { identifiers: ['p7@example.com'] }));
    expect(job.result).toMatchObject({ records_removed: 1, files_rewritten: 1, orders_kept: 1, files_left: [] });
    const { run } = job.result as { run: string };
    const answer = (await (await post('query', { metrics: ['conversions'] })).json()) as { data: unknown };
    // the books keep the order, nobody knows whose it was
    expect(answer.data).toEqual([{ conversions: '20.000000000' }]);
    const diff = (await (await ask(`runs/${before.data[0].run}/diff/${run}`)).json()) as { rows: unknown[] };
    expect(diff.rows).toEqual([]);
    const { rows } = await control.store.pool.query(
      'select j::text as row from liftproof.job j union all select a::text from liftproof.audit a',
    );
    expect(JSON.stringify(rows)).not.toContain('p7@example.com');
    expect(readdirSync(join(control.home, 'uploads'))).toEqual([]);
  });

  it('backs the workspace up', async () => {
    const job = await done(await post('backups', {}));
    const { name } = job.result as { name: string };
    const manifest = JSON.parse(readFileSync(join(directory, 'backups', name, 'backup.json'), 'utf8'));
    expect(manifest.control_rows).toBeGreaterThan(10);
    expect(existsSync(join(directory, 'backups', name, 'warehouse.duckdb'))).toBe(true);
  });

  it('has all of it in an audit chain that holds, and no token anywhere in the store', async () => {
    const actions = ((await (await ask('audit?limit=100')).json()) as { data: { action: string }[] }).data.map(
      (one) => one.action,
    );
    for (const action of ['ingest.upload', 'run.request', 'export.request', 'privacy.erase', 'backup.request'])
      expect(actions).toContain(action);
    expect((await verifyAuditChain(control.db, 'acme')).isIntact).toBe(true);
    const tables = await control.store.pool.query("select tablename from pg_tables where schemaname = 'liftproof'");
    for (const { tablename } of tables.rows) {
      const { rows } = await control.store.pool.query(`select t::text as row from liftproof."${tablename}" t`);
      expect(JSON.stringify(rows)).not.toContain(token.slice(17));
    }
  });
});
