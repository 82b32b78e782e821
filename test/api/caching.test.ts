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
  it('forgets what was asked for longest ago, and keeps nothing huge', () => {
    const cache = bodyCache(80);
    const body = (size: number) => ({ bytes: new Uint8Array(size), headers: {} });
    for (let i = 0; i < 8; i++) cache.set(`e${i}`, body(10));
    expect(cache.get('e0')).toBeDefined();
    cache.set('e8', body(10));
    expect([cache.get('e1'), cache.get('e0'), cache.get('e8')].map((one) => one !== undefined)).toEqual([
      false,
      true,
      true,
    ]);
    cache.set('huge', body(11));
    expect(cache.get('huge')).toBeUndefined();
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
