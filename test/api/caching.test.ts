import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyCache } from '../../api/body-cache.ts';
import { etagOf, isMatch } from '../../api/etag.ts';
import { CREDIT } from '../pipeline/published.ts';
import { type HandServed, handServed, linkOf } from './hand.ts';

let hand: HandServed;
beforeAll(async () => {
  hand = await handServed();
});
afterAll(() => hand?.close());

const LINK = linkOf({ metrics: ['revenue_net'], dimensions: ['channel'] });

describe('an answer', () => {
  it('is not made again for who has it: 304, no SQL', async () => {
    const first = await hand.ask(LINK);
    const etag = first.headers.get('etag')!;
    expect(etag).toMatch(/^"[\w-]{32}"$/);
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    expect(first.headers.get('vary')).toBe('Accept, Accept-Encoding, Authorization');
    const before = hand.statements();
    expect(before).toBeGreaterThan(0);
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await hand.ask(LINK, { headers: { 'if-none-match': header } });
      expect([again.status, await again.text(), again.headers.get('etag'), again.headers.get('vary')]).toEqual([
        304,
        '',
        etag,
        'Accept, Accept-Encoding, Authorization',
      ]);
    }
    expect(hand.statements()).toBe(before);
    expect((await hand.ask(LINK, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  it('is given byte for byte again to who has not', async () => {
    const [first, second] = [await (await hand.ask(LINK)).text(), await (await hand.ask(LINK)).text()];
    const before = hand.statements();
    expect(second).toBe(first);
    expect(await (await hand.ask(LINK)).text()).toBe(first);
    expect(hand.statements()).toBe(before);
  });

  it('is made once for all who ask at the same time', async () => {
    const statementsOf = async (query: object, times: number) => {
      const before = hand.statements();
      const texts = await Promise.all(
        Array.from({ length: times }, async () => (await hand.ask(linkOf(query))).text()),
      );
      expect(new Set(texts).size).toBe(1);
      return hand.statements() - before;
    };
    const once = await statementsOf({ metrics: ['spend'], dimensions: ['platform'] }, 1);
    expect(await statementsOf({ metrics: ['clicks'], dimensions: ['platform'] }, 10)).toBe(once);
  });

  it('needs a valid key, fresh or not', async () => {
    const etag = (await hand.ask(LINK)).headers.get('etag')!;
    expect((await hand.ask(LINK, { headers: { 'if-none-match': etag, authorization: 'Bearer wrong' } })).status).toBe(
      401,
    );
  });

  it('has another tag in another format, for another query, and after a publish', async () => {
    const tag = async (path: string) => (await hand.ask(path)).headers.get('etag');
    const other = linkOf({ metrics: ['revenue_net'], dimensions: ['campaign'] });
    const before = await tag(LINK);
    const tags = [
      before,
      await tag(`${LINK}&format=csv`),
      await tag(`${LINK}&format=arrow`),
      await tag(other),
      await tag('catalog'),
      await tag('runs/current/manifest'),
    ];
    expect(new Set(tags).size).toBe(tags.length);
    await hand.folder.publish('run_two', CREDIT.slice(1));
    const after = await hand.ask(LINK, { headers: { 'if-none-match': before! } });
    expect(after.status).toBe(200);
    expect(((await after.json()) as { meta: { run: string } }).meta.run).toBe('run_two');
  });

  it('of a named run never changes', async () => {
    expect((await hand.ask('runs/run_one/manifest')).headers.get('cache-control')).toBe(
      'private, max-age=31536000, immutable',
    );
    expect((await hand.ask('runs/current/manifest')).headers.get('cache-control')).toBe('private, no-cache');
  });

  it('holds the manifest without rows', async () => {
    const text = await (await hand.ask('runs/current/manifest')).text();
    expect(JSON.parse(text).checks).toEqual([
      { check: 'clock_skew', severity: 'warn', rule: 'Touches after their landing', broken: 2 },
    ]);
    expect(text).not.toContain('private');
  });
});

describe('the cache of bodies', () => {
  const body = (size: number) => ({ bytes: new Uint8Array(size), headers: {} });

  /** A cache, and how often it had to make something. */
  function counted(maxBytes: number) {
    const cache = bodyCache(maxBytes);
    const state = { made: 0 };
    const take = (etag: string, size = 10) =>
      cache.take(etag, async () => {
        state.made++;
        return body(size);
      });
    return { state, take };
  }

  it('forgets what was asked for longest ago, and keeps nothing huge', async () => {
    const { state, take } = counted(80);
    for (let i = 0; i < 8; i++) await take(`e${i}`);
    await take('e0');
    expect(state.made).toBe(8);
    await take('e8');
    await take('e0');
    expect(state.made).toBe(9);
    await take('e1');
    expect(state.made).toBe(10);
    await take('huge', 11);
    await take('huge', 11);
    expect(state.made).toBe(12);
  });

  it('makes once what many ask for at the same time, and keeps no failure', async () => {
    const { state, take } = counted(80);
    await Promise.all(Array.from({ length: 20 }, () => take('same')));
    expect(state.made).toBe(1);
    const cache = bodyCache(80);
    const broken = () => Promise.reject(new Error('broken'));
    const all = await Promise.allSettled([cache.take('e', broken), cache.take('e', broken)]);
    expect(all.map((one) => one.status)).toEqual(['rejected', 'rejected']);
    expect(await cache.take('e', async () => body(1))).toEqual(body(1));
  });
});

describe('a tag', () => {
  it('differs with run, hash, request and format', () => {
    const run = { run: 'run_a', run_hash: 'sha256:1' };
    const tags = [
      etagOf(run, ['q'], 'json'),
      etagOf({ ...run, run: 'run_b' }, ['q'], 'json'),
      etagOf({ ...run, run_hash: 'sha256:2' }, ['q'], 'json'),
      etagOf(run, ['r'], 'json'),
      etagOf(run, ['q'], 'csv'),
    ];
    expect(new Set(tags).size).toBe(5);
    expect(etagOf(run, ['q'], 'json')).toBe(tags[0]);
  });

  it('is found in a list, strong or weak', () => {
    expect([undefined, '', '"b"', 'a', '"a"', '"b" , W/"a"', '*'].map((header) => isMatch(header, '"a"'))).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
  });
});
