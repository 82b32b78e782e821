import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../api/app.ts';
import { residentBytes } from '../../pipeline/jobs/process-memory.ts';
import { type ReaderPool, readerPool } from '../../pipeline/readers/reader-pool.ts';
import { type ServedRuns, serveRuns } from '../../pipeline/served-runs.ts';
import { type PublishedFolder, publishedFolder } from '../pipeline/published.ts';
import { linkOf } from './hand.ts';
import { NOW, UNLIMITED } from './served.ts';
import { testKeys } from './test-keys.ts';

const DEADLINE_MS = 1500;
const GRACE_MS = 400;

/** What a typed query cannot say, so that the processes behind it are tried by worse than it: endless, deaf, and larger than memory. */
const HOSTILE = [
  'select len(range(4000000000)) as n',
  `select repeat('x', 4000000000) as n`,
  'select list(i) as n from range(4000000000) as t (i)',
  'select count(*) as n from range(2000000) as a (i), range(2000000) as b (j) where (i * j) % 7 = 1',
  `select levenshtein(repeat('ab', 60000), repeat('ba', 60000) || i) as n from range(2) as t (i)`,
];

let folder: PublishedFolder;
let readers: ReaderPool;
let runs: ServedRuns;
let ask: (link: string) => Promise<Response>;
beforeAll(async () => {
  folder = publishedFolder();
  await folder.publish('run_one');
  readers = readerPool({ deadlineMs: DEADLINE_MS, graceMs: GRACE_MS, readers: 3, memoryBytes: 256 * 2 ** 20 });
  runs = serveRuns(folder.paths, { readers });
  const keys = testKeys('hand', NOW);
  const token = keys.make(['read:reports']);
  const app = createApp({ workspace: 'hand', runs, checkKey: keys.check, now: () => NOW, ...UNLIMITED });
  ask = async (link) => app.request(`/v1/w/hand/${link}`, { headers: { authorization: `Bearer ${token}` } });
});
afterAll(async () => {
  await readers?.close();
  await runs?.close();
  folder?.remove();
});

let asked = 0;
const CACHED = linkOf({ metrics: ['revenue_net'] });
const live = () => linkOf({ metrics: ['revenue_net'], dimensions: ['channel'], page: { limit: ++asked } });

describe('a storm of fifty hostile queries', () => {
  it('ends each of them in time, while others are answered from memory and anew, and this process stays small', async () => {
    // every process has started
    readers.warm();
    const rows = () => runs.as(String(++asked)).use(undefined, (results) => results.rows('select 1 as n'));
    await Promise.all(Array.from({ length: 3 }, rows));
    for (const link of [CACHED, live(), live()]) expect((await ask(link)).status).toBe(200);
    const memory = residentBytes(process.pid) ?? 0;
    const started = performance.now();
    const hostile = Array.from({ length: 50 }, async (_, i) => {
      const code = await runs
        .as('hostile')
        .use(undefined, (results) => results.rows(HOSTILE[i % HOSTILE.length]))
        .then(
          () => 'answered',
          (error) => String(error.code ?? error),
        );
      return { code, ms: performance.now() - started };
    });
    const times: { kind: string; ms: number }[] = [];
    let isOver = false;
    const storm = Promise.all(hostile).finally(() => {
      isOver = true;
    });
    while (!isOver) {
      for (const [kind, link] of [
        ['cached', CACHED],
        ['live', live()],
      ]) {
        const from = performance.now();
        const response = await ask(link);
        expect([kind, response.status]).toEqual([kind, 200]);
        times.push({ kind, ms: performance.now() - from });
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const ends = await storm;
    expect([...new Set(ends.map(({ code }) => code))].sort()).toEqual(['locked', 'timeout', 'too_large']);
    // waiting counts: the limit holds from the moment of asking; what remains is starting processes again on a busy machine
    for (const { ms } of ends) expect(ms).toBeLessThan(DEADLINE_MS + GRACE_MS + 3000);
    const slowest = (kind: string) => Math.max(...times.filter((one) => one.kind === kind).map(({ ms }) => ms));
    expect(times.length).toBeGreaterThan(10);
    expect(slowest('cached')).toBeLessThan(200);
    expect(slowest('live')).toBeLessThan(DEADLINE_MS);
    expect((residentBytes(process.pid) ?? 0) - memory).toBeLessThan(150 * 2 ** 20);
    expect((await ask(live())).status).toBe(200);
    expect(readers.counts()).toMatchObject({ busy: 0, waiting: 0 });
  });
});

describe('a query that was stopped', () => {
  it('is a problem that says what to do, and the next one is answered', async () => {
    const all = serveRuns(folder.paths, { readers });
    const keys = testKeys('hand', NOW);
    const headers = { authorization: `Bearer ${keys.make(['read:reports'])}` };
    for (const [sql, status, code] of [
      [HOSTILE[4], 504, 'query_timeout'],
      [HOSTILE[0], 422, 'query_too_large'],
    ] as const) {
      const hostile: ServedRuns = {
        ...all,
        as: () => hostile,
        use: (run, work) =>
          all.use(run, (results) =>
            work({
              ...results,
              answer: async () => ({
                bytes: Buffer.from(JSON.stringify(await results.rows(sql))),
                totalRows: 1,
                truncated: false,
              }),
            }),
          ),
      };
      const app = createApp({ workspace: 'hand', runs: hostile, checkKey: keys.check, now: () => NOW, ...UNLIMITED });
      const response = await app.request(`/v1/w/hand/${live()}`, { headers });
      expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
      expect(await response.json()).toMatchObject({ code, detail: expect.stringContaining('export') });
      expect((await ask(live())).status).toBe(200);
    }
  });
});
