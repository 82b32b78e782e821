import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isLoopback, startServer } from '../../api/server.ts';
import { serveCommand } from '../../cli/serve.ts';
import { verifyAuditChain } from '../../pipeline/control/audit.ts';
import { createKey, listKeys } from '../../pipeline/control/keys.ts';
import { type Control, openControl } from '../../pipeline/control/open-control.ts';
import { SCOPES } from '../../pipeline/control/roles.ts';
import { findWorkspace } from '../../pipeline/workspace.ts';
import { packedProgram } from '../packed.ts';
import { type TestControl, testControl } from '../pipeline/control/server.ts';
import { type PublishedFolder, publishedFolder } from '../pipeline/published.ts';
import { linkOf } from './hand.ts';

let folder: PublishedFolder;
let database: TestControl;
let control: Control;
beforeAll(async () => {
  database = await testControl();
  control = { ...database, db: database.store.db, pepper: Buffer.alloc(32, 1) };
});
afterAll(() => database.close());
const directory = () => folder.paths.config.replace(/\/[^/]+$/, '');
beforeEach(async () => {
  folder = publishedFolder();
  await folder.publish('run_one');
});
afterEach(() => folder.remove());

const start = (settings: { host?: string; port?: number; allowRemote?: boolean; drainMs?: number } = {}) =>
  startServer({ workspace: findWorkspace(directory()), control, port: 0, ...settings });
const clientKey = async () =>
  (await createKey(control.db, control.pepper, 'hand', { name: 'test', role: 'client' }, new Date())).token;

/** Raw bytes in, raw answer out. */
async function raw(url: string, request: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.end(request);
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  return answer;
}

describe('a server', () => {
  it('answers on this machine, and ends what is under way before it closes', async () => {
    const server = await start();
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const token = await clientKey();
    const headers = { authorization: `Bearer ${token}` };
    const link = `${server.url}/v1/w/hand/${linkOf({ metrics: ['revenue_net'] })}`;
    const first = await fetch(link, { headers });
    expect([first.status, ((await first.json()) as { data: unknown }).data]).toEqual([
      200,
      [{ revenue_net: '151.10' }],
    ]);
    const again = await fetch(link, { headers: { ...headers, 'if-none-match': first.headers.get('etag')! } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const underWay = Array.from({ length: 10 }, (_, i) =>
      fetch(`${server.url}/v1/w/hand/${linkOf({ metrics: ['revenue_net'], page: { limit: i + 1 } })}`, { headers }),
    );
    await Promise.race(underWay);
    const started = performance.now();
    await server.close();
    expect(performance.now() - started).toBeLessThan(9_000);
    const settled = await Promise.allSettled(underWay);
    for (const one of settled) if (one.status === 'fulfilled') expect([200, 503]).toContain(one.value.status);
    expect(settled.some((one) => one.status === 'fulfilled' && one.value.status === 200)).toBe(true);
    await expect(fetch(link, { headers })).rejects.toThrow();
  });

  it('is ready at once, and stops although a request never ends', async () => {
    const started = performance.now();
    const server = await start({ drainMs: 200 });
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    expect(performance.now() - started).toBeLessThan(2000);
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const cut = once(socket, 'close');
    socket.on('error', () => undefined);
    // promises a body that it does not send
    socket.write(
      `POST /v1/w/hand/query HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${await clientKey()}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    const stopped = performance.now();
    await server.close();
    await cut;
    expect(performance.now() - stopped).toBeLessThan(3000);
  });

  it('answers with a problem to what is not HTTP, and to an address that is too long', async () => {
    const server = await start();
    try {
      for (const [request, status] of [
        ['nonsense\r\n\r\n', 400],
        [`GET /healthz?${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
        ['GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n', 400],
        ['GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
        ['GET /healthz HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 400],
        ['OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 400],
        ['CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', 400],
        ['TRACE /healthz HTTP/1.1\r\nHost: a\r\nExpect: much\r\nConnection: close\r\n\r\n', 405],
      ] as const) {
        const answer = await raw(server.url, request);
        const [head, body] = answer.split('\r\n\r\n');
        expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
        expect(head).toContain('content-type: application/problem+json');
        expect(head).toContain("content-security-policy: default-src 'none'");
        expect(JSON.parse(body)).toMatchObject({ status, request_id: expect.stringMatching(/^req_/) });
      }
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    } finally {
      await server.close();
    }
  });

  it('opens itself to other machines only when told to', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.10', 'example.com']) {
      expect(isLoopback(host)).toBe(false);
      await expect(start({ host })).rejects.toMatchObject({
        code: 'not_allowed',
        message: expect.stringContaining('--host'),
      });
    }
    for (const host of ['127.0.0.1', '127.8.8.8', '::1', 'localhost']) expect(isLoopback(host)).toBe(true);
    const open = await start({ host: '0.0.0.0', allowRemote: true });
    await open.close();
  });

  it('says so when its port is taken', async () => {
    const first = await start();
    try {
      await expect(start({ port: Number(new URL(first.url).port) })).rejects.toMatchObject({
        code: 'locked',
        message: expect.stringContaining('--port'),
      });
    } finally {
      await first.close();
    }
  });
});

describe('liftproof serve', () => {
  /** Runs the command in a process of its own; `stop` sends the signal and gives the exit code. */
  async function serve(
    options: object,
    environment: NodeJS.ProcessEnv = { DATABASE_URL: database.url },
  ): Promise<{ text: string; stop: (signal: NodeJS.Signals) => Promise<number | null> }> {
    const command = (await packedProgram()).moduleAt('cli/serve.ts');
    const script = `import { serveCommand } from ${JSON.stringify(command)}; await serveCommand(${JSON.stringify({ workspace: directory(), port: '0', ...options })});`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    let text = '';
    const isUp = new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          text += chunk;
          if (/openapi\.json|^}$/m.test(text)) resolve();
        });
      }
      child.on('exit', (code) => reject(new Error(`ended with ${code}: ${text}`)));
    });
    await isUp;
    return {
      text,
      async stop(signal) {
        child.kill(signal);
        const [code] = (await once(child, 'exit')) as [number | null];
        return code;
      },
    };
  }

  const keysOf = async (place: { db: Control['db'] }) =>
    (await listKeys(place.db, 'hand')).filter((key) => key.name === 'serve' && key.revokedAt === null);

  it('starts a PostgreSQL of its own, prints its address and a fresh key once, answers, and stops both cleanly', async () => {
    const { text, stop } = await serve({}, {});
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)![0];
    const tokens = text.match(/lp_live_\w{8}_[\w-]{43}/g)!;
    expect(tokens).toHaveLength(1);
    expect(
      (await fetch(`${url}/v1/w/hand/catalog`, { headers: { authorization: `Bearer ${tokens[0]}` } })).status,
    ).toBe(200);
    const note = join(directory(), 'server', 'postgres', 'data', 'postmaster.pid');
    expect(existsSync(note)).toBe(true);
    expect(await stop('SIGTERM')).toBe(0);
    expect(existsSync(note)).toBe(false);
    const own = await openControl({ workspace: directory() });
    expect((await keysOf(own)).map((key) => [key.role, key.scopes])).toEqual([['owner', [...SCOPES]]]);
    expect(await verifyAuditChain(own.db, 'hand')).toEqual({ isIntact: true, rows: 1 });
    await own.close();
  });

  it('prints one JSON document, warns when others can reach it, and can end the keys of earlier starts', async () => {
    await createKey(control.db, control.pepper, 'hand', { name: 'serve', role: 'client' }, new Date());
    const { text, stop } = await serve({ json: true, host: '0.0.0.0', revokeKeys: true });
    expect(text).toContain('warning: 0.0.0.0');
    const document = JSON.parse(text.slice(text.indexOf('{')));
    expect(document).toMatchObject({ schema_version: 1, workspace: 'hand', run: 'run_one', key: { role: 'owner' } });
    expect((await keysOf(control)).map((key) => key.id)).toEqual([document.key.id]);
    expect(await stop('SIGINT')).toBe(0);
  });

  it('serves several workspaces with one key, from a folder that holds them, once it is told where their store is', async () => {
    const clients = mkdtempSync(join(tmpdir(), 'liftproof-clients-'));
    try {
      for (const name of ['acme', 'beta']) {
        cpSync(directory(), join(clients, name), { recursive: true, verbatimSymlinks: true });
        writeFileSync(
          join(clients, name, 'liftproof.yaml'),
          `workspace: ${name}\nreporting: { time_zone: UTC, currency: EUR }\n`,
        );
      }
      const options = { workspaces: [clients], json: true };
      await expect(serveCommand({ workspace: '.', ...options })).rejects.toThrow('--home');
      const { text, stop } = await serve({ ...options, home: join(clients, 'server') });
      const { url, workspaces, key } = JSON.parse(text.slice(text.indexOf('{')));
      expect(workspaces).toEqual([
        { workspace: 'acme', run: 'run_one' },
        { workspace: 'beta', run: 'run_one' },
      ]);
      for (const name of ['acme', 'beta'])
        expect(
          (await fetch(`${url}/v1/w/${name}/catalog`, { headers: { authorization: `Bearer ${key.token}` } })).status,
        ).toBe(200);
      expect(await stop('SIGTERM')).toBe(0);
    } finally {
      rmSync(clients, { recursive: true, force: true });
    }
  });

  it('only reads when told so: makes no key, no folder and no file', async () => {
    const before = readdirSync(directory());
    const environment = { DATABASE_URL: database.url, LIFTPROOF_PEPPER: control.pepper.toString('base64url') };
    const both = { workspace: directory(), readOnly: true, revokeKeys: true };
    await expect(serveCommand(both)).rejects.toThrow('--revoke-keys');
    const { text, stop } = await serve({ readOnly: true, json: true }, environment);
    const { url, key } = JSON.parse(text.slice(text.indexOf('{')));
    expect(key).toBeNull();
    const headers = { authorization: `Bearer ${await clientKey()}` };
    expect((await fetch(`${url}/v1/w/hand/catalog`, { headers })).status).toBe(200);
    expect(await stop('SIGTERM')).toBe(0);
    expect(readdirSync(directory())).toEqual(before);
  });
});
