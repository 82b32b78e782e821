import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROBLEMS } from '../../api/problem.ts';
import { ROUTES } from '../../api/routes.ts';
import { querySchema } from '../../pipeline/query.ts';
import { type Served, served } from './served.ts';

const page = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
let market: Served;
beforeAll(async () => {
  market = await served();
});
afterAll(() => market?.close());

describe('docs/api.md', () => {
  it('shows queries that work', async () => {
    const examples = [...page.matchAll(/```json query\n([\s\S]*?)```/g)].map((match) => JSON.parse(match[1]));
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const response = await market.query(example);
      const body = (await response.json()) as { data: unknown[] };
      expect([response.status, body.data.length > 0]).toEqual([200, true]);
    }
  });

  it('names every address, every problem and every key of a query', () => {
    for (const route of ROUTES) expect(page).toContain(`\`${route.method.toUpperCase()} ${route.path}`);
    for (const [type, { status }] of Object.entries(PROBLEMS)) {
      expect(page).toContain(`| ${status} | \`${type.replaceAll('-', '_')}\``);
    }
    for (const key of Object.keys(querySchema.shape)) expect(page).toMatch(new RegExp(`\`${key}[\`.]`));
  });
});
