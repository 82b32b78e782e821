import { expect, it } from 'vitest';
import type { Results } from '../../../pipeline/results.ts';
import { readPostFacts } from '../../../pipeline/views/read-engagement.ts';

it('takes an address of a post from a file only when it is one of the web over TLS', async () => {
  const given = [
    'https://example.com/p/1',
    'javascript:alert(1)',
    'http://example.com/',
    '//example.com',
    ' data:x',
    'no address',
    null,
  ];
  const rows = given.map((permalink, i) => ({ platform: 'x', post_id: String(i), kind: 'reel', permalink }));
  const facts = await readPostFacts({ rows: async () => rows } as unknown as Results);
  expect([...facts.values()].map((post) => post.permalink)).toEqual([given[0], null, null, null, null, null, null]);
  expect(facts.get('x 0')?.kind).toBe('reel');
});
