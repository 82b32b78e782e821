import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { Webhook as Oracle } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Control } from '../../../pipeline/control/open-control.ts';
import { seal, unseal } from '../../../pipeline/control/seal.ts';
import { createWebhook, dropWebhook, emitEvent, listDeliveries } from '../../../pipeline/control/webhooks.ts';
import type { ServedRuns } from '../../../pipeline/served-runs.ts';
import { deliverDue, RETRY_DELAYS_MS } from '../../../pipeline/webhooks/deliver.ts';
import { isPublicAddress, publicAddressOf } from '../../../pipeline/webhooks/public-address.ts';
import { checkWebhookUrl, sendWebhook } from '../../../pipeline/webhooks/send.ts';
import { tellPublished, tellStale } from '../../../pipeline/webhooks/watch.ts';
import { type TestControl, testControl } from '../control/server.ts';

const PEPPER = Buffer.alloc(32, 9);
const NOW = new Date('2026-07-01T00:00:00Z');
const LOCAL = { isAllowed: () => true, allowHttp: true };

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

let database: TestControl;
let control: Control;
let receiver: Server;
let url: string;
let received: Received[] = [];
let answer = 200;

beforeAll(async () => {
  database = await testControl();
  control = { ...database, db: database.store.db, pepper: PEPPER };
  receiver = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers, body });
    response.writeHead(answer, answer === 302 ? { location: '/elsewhere' } : {}).end('thanks');
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as { port: number }).port}/hook`;
});
afterAll(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await database.close();
});

const make = (workspace: string) =>
  createWebhook(control.db, PEPPER, { workspace, url, events: ['run.published'], createdBy: 'test', now: NOW });
const deliver = (workspace: string, at: Date) =>
  deliverDue(
    control,
    workspace,
    () => at,
    () => 0.5,
    LOCAL,
  );

describe('a webhook', () => {
  it('is told what it asked for, once, signed as Standard Webhooks says', async () => {
    const { secret, webhook } = await make('told');
    received = [];
    expect(await emitEvent(control.db, 'told', 'run.published', { run: 'run_1' }, NOW, 'run_1')).toBe(1);
    expect(await emitEvent(control.db, 'told', 'run.published', { run: 'run_1' }, NOW, 'run_1')).toBe(0);
    expect(await emitEvent(control.db, 'told', 'run.failed', {}, NOW)).toBe(0);
    // the oracle compares with the clock
    const now = new Date();
    expect(await deliver('told', now)).toBe(1);
    expect(await deliver('told', now)).toBe(0);
    const [{ headers, body }] = received;
    expect(received).toHaveLength(1);
    expect(new Oracle(secret).verify(body, headers as Record<string, string>)).toEqual({
      type: 'run.published',
      timestamp: NOW.toISOString(),
      data: { workspace: 'told', run: 'run_1' },
    });
    expect(() => new Oracle(secret).verify(`${body} `, headers as Record<string, string>)).toThrow();
    expect(await listDeliveries(control.db, webhook.id, 9)).toMatchObject([
      { state: 'delivered', attempts: 1, lastStatus: 200 },
    ]);
  });

  it('that does not take it is tried eight times over three days, with the same id', async () => {
    const { webhook } = await make('deaf');
    received = [];
    answer = 503;
    await emitEvent(control.db, 'deaf', 'run.published', {}, NOW);
    let at = NOW;
    for (const delay of [...RETRY_DELAYS_MS, 0]) {
      expect(await deliver('deaf', new Date(at.getTime() - 1))).toBe(0);
      expect(await deliver('deaf', at)).toBe(1);
      at = new Date(at.getTime() + delay);
    }
    expect(await deliver('deaf', new Date(at.getTime() + 1e9))).toBe(0);
    answer = 200;
    expect(received).toHaveLength(8);
    expect(new Set(received.map((one) => one.headers['webhook-id'])).size).toBe(1);
    expect((at.getTime() - NOW.getTime()) / 86_400_000).toBeCloseTo(3, 1);
    expect(await listDeliveries(control.db, webhook.id, 9)).toMatchObject([
      { state: 'failed', attempts: 8, lastStatus: 503 },
    ]);
  });

  it('that redirects is not followed', async () => {
    await make('moved');
    received = [];
    answer = 302;
    await emitEvent(control.db, 'moved', 'run.published', {}, NOW);
    await deliver('moved', NOW);
    answer = 200;
    expect(received.map((one) => one.headers['webhook-id'])).toHaveLength(1);
  });

  it('is of one workspace only', async () => {
    const { webhook } = await make('mine');
    await expect(dropWebhook(control.db, 'rival', webhook.id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await emitEvent(control.db, 'rival', 'run.published', {}, NOW)).toBe(0);
  });

  it('has a secret that the store keeps sealed', async () => {
    const { secret, webhook } = await make('sealed');
    expect(webhook.sealedSecret.includes(secret.slice(6))).toBe(false);
    expect(unseal(PEPPER, webhook.sealedSecret)).toBe(secret);
    expect(() => unseal(Buffer.alloc(32, 8), webhook.sealedSecret)).toThrow();
    const changed = seal(PEPPER, 'x');
    changed[13] ^= 1;
    expect(() => unseal(PEPPER, changed)).toThrow();
  });
});

describe('what is told', () => {
  const manifest = (broken: number) => ({
    run: `run_${broken}`,
    run_hash: 'sha256:x',
    period: { from: '2026-01-01', to: '2026-01-31' },
    checks: [
      { check: 'ledger_reconciles', severity: 'warn', rule: 'the books close', broken },
      { check: 'credit_adds_up', severity: 'error', rule: 'credit is whole', broken: 0 },
    ],
  });
  const settingsOf = (workspace: string, results: object) => {
    const runs = {
      use: async (_run: unknown, work: (one: unknown) => unknown) => work(results),
      currentName: () => 'run_1',
    };
    return { control, workspace, runs: runs as unknown as ServedRuns, now: () => NOW, onError: () => undefined };
  };
  const told = async (workspace: string) => {
    const { rows } = await control.store.pool.query(
      'select event, body from liftproof.webhook_delivery where workspace = $1 order by event, body',
      [workspace],
    );
    return rows.map((row: { event: string; body: string }) => [row.event, JSON.parse(row.body).data]);
  };

  it('is a run, and that its books do not close', async () => {
    const events = ['run.published', 'reconciliation.broken'] as const;
    await createWebhook(control.db, PEPPER, { workspace: 'books', url, events, createdBy: 'test', now: NOW });
    await tellPublished(settingsOf('books', { manifest: manifest(0) }), 'run_0');
    await tellPublished(settingsOf('books', { manifest: manifest(2) }), 'run_2');
    expect(await told('books')).toEqual([
      ['reconciliation.broken', { workspace: 'books', run: 'run_2', open_bridges: 2, rule: 'the books close' }],
      ['run.published', expect.objectContaining({ run: 'run_0', broken_checks: [] })],
      ['run.published', expect.objectContaining({ run: 'run_2', broken_checks: ['ledger_reconciles'] })],
    ]);
  });

  it('is a source that has gone quiet, once until it speaks', async () => {
    await createWebhook(control.db, PEPPER, {
      workspace: 'quiet',
      url,
      events: ['source.stale'],
      createdBy: 'test',
      now: NOW,
    });
    const freshness = (ads: string) => ({
      manifest: manifest(0),
      rows: async () => [
        { source_id: 'shop', last: '2026-06-30T00:00:00Z' },
        { source_id: 'ads', last: ads },
        { source_id: 'none', last: null },
      ],
    });
    await tellStale(settingsOf('quiet', freshness('2026-06-20T00:00:00Z')));
    await tellStale(settingsOf('quiet', freshness('2026-06-20T00:00:00Z')));
    expect(await told('quiet')).toEqual([
      ['source.stale', { workspace: 'quiet', source: 'ads', last_exported_at: '2026-06-20T00:00:00Z' }],
    ]);
    await tellStale(settingsOf('quiet', freshness('2026-06-25T00:00:00Z')));
    expect(await told('quiet')).toHaveLength(2);
  });
});

describe('an address', () => {
  it.each([
    [
      '127.0.0.1',
      '10.1.2.3',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
    ],
    [
      '224.0.0.1',
      '255.255.255.255',
      '198.18.0.1',
      '192.0.2.1',
      '203.0.113.9',
      '198.51.100.1',
      '192.0.0.8',
      '240.1.1.1',
    ],
    ['::1', '::', 'fe80::1', 'fc00::1', 'fd12::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1'],
    ['2002:7f00:1::', '2001::1', '2001:db8::1', '100::1', 'localhost', '', '127.1', '0x7f000001', '2130706433'],
  ])('that is not public is refused: %s', (...addresses) => {
    for (const address of addresses) expect([address, isPublicAddress(address)]).toEqual([address, false]);
  });

  it('that is public is not', () => {
    for (const address of ['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1'])
      expect([address, isPublicAddress(address)]).toEqual([address, true]);
  });

  it('is looked at after its name was resolved, however it was written', async () => {
    for (const host of [
      'localhost',
      '127.0.0.1',
      '[::1]',
      new URL('http://0x7f.1/').hostname,
      new URL('http://2130706433/').hostname,
    ])
      await expect(publicAddressOf(host)).rejects.toMatchObject({ code: 'not_allowed' });
    await expect(sendWebhook(url.replace('http:', 'https:'), {}, '{}')).rejects.toMatchObject({ code: 'not_allowed' });
  });

  it('is https, without user and password', () => {
    for (const text of [
      'http://example.com',
      'ftp://example.com',
      'https://u:p@example.com',
      'https://example.com/#a',
      'nonsense',
      '',
    ])
      expect(() => checkWebhookUrl(text)).toThrow();
    expect(checkWebhookUrl('https://example.com/hook?a=b').hostname).toBe('example.com');
  });
});
