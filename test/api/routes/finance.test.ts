import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../../api/app.ts';
import type { JobQueue } from '../../../pipeline/control/job-queue.ts';
import { createKey, keyChecker, rotateKey } from '../../../pipeline/control/keys.ts';
import { inviteMember, joinWorkspace } from '../../../pipeline/control/members.ts';
import { createWebhook, listDeliveries } from '../../../pipeline/control/webhooks.ts';
import { run } from '../../../pipeline/run.ts';
import { type ServedRuns, serveRuns } from '../../../pipeline/served-runs.ts';
import { tellPublished } from '../../../pipeline/webhooks/watch.ts';
import { type TestWorkspace, testWorkspace } from '../../helpers.ts';
import { type TestControl, testControl } from '../../pipeline/control/server.ts';
import { ingestPlain, order, together } from '../../sql/plain.ts';
import { type Schema, schemaErrors } from '../json-schema.ts';
import { NOW, UNLIMITED } from '../served.ts';

const PEPPER = Buffer.alloc(32, 6);

let workspace: TestWorkspace;
let database: TestControl;
let runs: ServedRuns;
let app: ReturnType<typeof createApp>;
let document: {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: Schema }> }> }>
  >;
};
const tokens: Record<string, string> = {};

beforeAll(async () => {
  database = await testControl();
  workspace = await testWorkspace(`workspace: acme
reporting: { time_zone: UTC, currency: EUR }
models: { default: linear, run: [linear], replicates: 0 }
`);
  await ingestPlain(
    workspace,
    together(
      order('a', '2026-07-10T12:00:00Z', '100.00', { order_name: '#A' }),
      order('b', '2026-08-10T12:00:00Z', '40.00', { order_name: '#B' }),
      {
        ledger_entry: [
          {
            entry_id: '1',
            entry_date: '2026-07-10',
            account: 'goods',
            amount: '100.00',
            currency: 'EUR',
            reference: '#A',
          },
          {
            entry_id: '2',
            entry_date: '2026-08-10',
            account: 'goods',
            amount: '40.01',
            currency: 'EUR',
            reference: '#B',
          },
        ],
      },
    ),
  );
  await run(workspace, { now: new Date('2026-09-01T00:00:00Z') });
  const { db } = database.store;
  runs = serveRuns(workspace.paths);
  const control = { ...database, db, pepper: PEPPER };
  const checkKey = keyChecker(db, PEPPER);
  app = createApp({ workspace: 'acme', runs, control, jobs: {} as JobQueue, checkKey, now: () => NOW, ...UNLIMITED });
  document = (await (await app.request('/openapi.json')).json()) as typeof document;
  for (const name of ['ana', 'ben'])
    tokens[name] = (await createKey(db, PEPPER, 'acme', { name, role: 'finance' }, NOW)).token;
}, 60_000);
afterAll(async () => {
  await runs?.close();
  await database?.close();
  workspace?.close();
});

async function ask(who: string, method: string, path: string, body?: unknown) {
  const response = await app.request(`/v1/w/acme${path}`, {
    method,
    headers: {
      authorization: `Bearer ${tokens[who]}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const json = (await response.json()) as Record<string, unknown>;
  const pattern = `/v1/w/{workspace}${path.split('?')[0].replace(/\/periods\/[^/]+/, '/periods/{period}')}`;
  const schema =
    document.paths[pattern][method.toLowerCase()].responses[String(response.status)]?.content?.['application/json']
      ?.schema;
  if (response.ok) expect(schemaErrors(json, schema!, document as never)).toEqual([]);
  return { status: response.status, json };
}

describe('finance over HTTP', () => {
  it('closes, locks, and tells the ledger; a second lock is 409', async () => {
    const { json } = await ask('ana', 'GET', '/periods');
    expect((json.data as { period: string; state: string }[]).map((one) => [one.period, one.state])).toEqual([
      ['2026-07', 'open'],
      ['2026-08', 'open'],
    ]);
    expect(await ask('ana', 'GET', '/ledger?period=2026-07')).toMatchObject({ status: 404 });
    expect(await ask('ana', 'POST', '/periods/2026-07/lock', {})).toMatchObject({
      status: 409,
      json: { code: 'period_locked' },
    });
    expect(await ask('ana', 'POST', '/periods/2026-07/close', {})).toMatchObject({
      status: 200,
      json: { state: 'soft_closed', closed_by: 'key:ana' },
    });
    const locked = await ask('ana', 'POST', '/periods/2026-07/lock', { basis: 'order_date' });
    expect(locked).toMatchObject({ status: 200, json: { state: 'locked', version: 1 } });
    expect((locked.json.files as { name: string }[]).map((file) => file.name)).toContain('roi_acme_2026-07_v1.xlsx');
    expect(await ask('ana', 'POST', '/periods/2026-07/lock', {})).toMatchObject({ status: 409 });
    const ledger = await ask('ben', 'GET', '/ledger?period=2026-07');
    expect(ledger.json.version).toBe(1);
    expect(ledger.json.data as { row_type: string }[]).toContainEqual(
      expect.objectContaining({ row_type: 'total', revenue_net: '100.00' }),
    );
  });

  it('gives the pack of a period, the very files that were locked', async () => {
    const { status, json } = await ask('ben', 'GET', '/periods/2026-07/pack');
    expect([status, json.state, json.version, (json.control_totals as Record<string, string>).revenue_net]).toEqual([
      200,
      'locked',
      1,
      '100.00',
    ]);
    const files = json.files as { name: string; sha256: string; href: string }[];
    expect(files.map((file) => file.name)).toEqual(
      ['xlsx', 'csv', 'parquet'].map((format) => `roi_acme_2026-07_v1.${format}`),
    );
    const headers = { authorization: `Bearer ${tokens.ben}` };
    for (const file of files) {
      const response = await app.request(file.href, { headers });
      const bytes = Buffer.from(await response.arrayBuffer());
      expect([response.status, createHash('sha256').update(bytes).digest('hex')]).toEqual([200, file.sha256]);
      expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${file.name}"`);
      expect(response.headers.get('content-length')).toBe(String(bytes.length));
    }
    const manifest = await (await app.request(json.manifest as string, { headers })).json();
    expect(manifest).toMatchObject({
      kind: 'roi_export',
      state: 'locked',
      reconciliation: { revenue: { unexplained: '0.00' } },
    });
    // the next period is open, and what it would be
    expect((await ask('ana', 'GET', '/periods/2026-08/pack')).json).toMatchObject({ state: 'open', version: 1 });
    expect(await ask('ana', 'GET', '/periods/2026-07/pack?basis=event_date')).toMatchObject({ status: 409 });
    expect(await ask('ana', 'GET', '/periods/2020-01/pack')).toMatchObject({ status: 404 });
    // bytes that are not what was locked are not given
    await database.store.pool.query(
      `update liftproof.finance_period set files = jsonb_set(files, '{roi_acme_2026-07_v1.csv}', '"0"') where period = '2026-07'`,
    );
    expect(await ask('ana', 'GET', '/periods/2026-07/pack')).toMatchObject({
      status: 409,
      json: { detail: expect.stringContaining('roi_acme_2026-07_v1.csv: not what was locked') },
    });
  });

  it('takes a reason and another key to reopen', async () => {
    expect(await ask('ana', 'POST', '/periods/2026-07/reopen', {})).toMatchObject({ status: 422 });
    await ask('ana', 'POST', '/periods/2026-07/reopen', { reason: 'late refund' });
    expect(await ask('ana', 'POST', '/periods/2026-07/reopen', { approve: true })).toMatchObject({ status: 409 });
    expect(await ask('ben', 'POST', '/periods/2026-07/reopen', { approve: true })).toMatchObject({
      status: 200,
      json: { state: 'reopened', reopen_reason: 'late refund', reopen_approved_by: 'key:ben' },
    });
  });

  it('shows the bridge, and locks no period that it leaves open', async () => {
    const july = await ask('ana', 'GET', '/reconciliation?period=2026-07');
    expect(july.json).toMatchObject({ is_reconciled: true, basis: 'order_date' });
    const all = await ask('ana', 'GET', '/reconciliation');
    expect(all.json.is_reconciled).toBe(false);
    expect(all.json.data as unknown[]).toContainEqual(
      expect.objectContaining({ period: '2026-08', step: 'unexplained', amount: '-0.01', line_count: 1 }),
    );
    expect(await ask('ana', 'GET', '/reconciliation?period=2020-01')).toMatchObject({ status: 404 });
    await ask('ana', 'POST', '/periods/2026-08/close', {});
    expect(await ask('ana', 'POST', '/periods/2026-08/lock', {})).toMatchObject({
      status: 409,
      json: { code: 'conflict' },
    });
  });

  it('tells whoever asked that the books of a published run do not reconcile, once', async () => {
    const { db } = database.store;
    const control = { ...database, db, pepper: PEPPER };
    const settings = { workspace: 'acme', url: 'https://8.8.8.8/hook', createdBy: 'ana', now: NOW };
    const { webhook } = await createWebhook(db, PEPPER, { ...settings, events: ['reconciliation.broken'] });
    const watch = { control, workspace: 'acme', runs, now: () => NOW, onError: () => undefined };
    for (let i = 0; i < 2; i++) await tellPublished(watch, runs.currentName()!);
    expect((await listDeliveries(db, webhook.id, 10)).map((message) => message.event)).toEqual([
      'reconciliation.broken',
    ]);
  });

  it('takes two members to reopen, once somebody joined: many keys are one person, and a key of nobody is none', async () => {
    const { db } = database.store;
    await ask('ana', 'POST', '/periods/2026-07/close', {});
    expect(await ask('ana', 'POST', '/periods/2026-07/lock', {})).toMatchObject({ json: { version: 2 } });
    for (const name of ['eva', 'udo']) {
      const invited = {
        workspace: 'acme',
        email: `${name}@example.com`,
        name,
        role: 'finance',
        invitedBy: 'x',
      } as const;
      const { token } = await inviteMember(db, PEPPER, { ...invited, now: NOW });
      const { key } = (await joinWorkspace(db, PEPPER, 'acme', token, NOW))!;
      tokens[name] = key.token;
      tokens[`${name} again`] = (await rotateKey(db, PEPPER, 'acme', key.key.id, NOW)).token;
    }
    const reopen = (who: string, body: unknown) => ask(who, 'POST', '/periods/2026-07/reopen', body);
    const refused = await reopen('ana', { reason: 'bug' });
    expect([refused.status, String(refused.json.detail)]).toEqual([409, expect.stringContaining("a member's own key")]);
    expect(await reopen('eva', { reason: 'bug' })).toMatchObject({
      status: 200,
      json: { reopen_asked_by: 'member:eva@example.com' },
    });
    for (const who of ['eva', 'eva again', 'ben']) expect((await reopen(who, { approve: true })).status).toBe(409);
    expect(await reopen('udo', { approve: true })).toMatchObject({
      status: 200,
      json: { state: 'reopened', reopen_approved_by: 'member:udo@example.com' },
    });
  });
});
