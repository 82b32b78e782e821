import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiProblem, type Client, createClient } from '../../api/client.ts';
import { type HandServed, handServed } from './hand.ts';

let hand: HandServed;
let client: Client;
const sent: Request[] = [];
let refusals = 0;

beforeAll(async () => {
  hand = await handServed();
  client = createClient({
    url: 'http://localhost/',
    workspace: 'hand',
    key: 'unused',
    fetch: async (input, init) => {
      sent.push(new Request(input, init));
      if (refusals-- > 0)
        return new Response(
          JSON.stringify({ status: 503, code: 'over_capacity', detail: 'busy', request_id: 'r', retryable: true }),
          {
            status: 503,
            headers: { 'retry-after': '0' },
          },
        );
      const { pathname, search } = new URL(String(input));
      return hand.ask(`${pathname}${search}`, {
        method: init?.method,
        body: init?.body as string,
        headers: { 'content-type': 'application/json' },
      });
    },
  });
});
afterAll(() => hand.close());

const QUERY = { metrics: ['revenue_net'], dimensions: ['time:day', 'channel'] };

describe('the client', () => {
  it('asks, and gives what the server answers', async () => {
    const answer = await client.query({ metrics: ['revenue_net'] });
    expect(answer.data).toEqual([{ revenue_net: '151.10' }]);
    expect((await client.catalog()).metrics.map((metric) => metric.id)).toContain('roas');
    expect((await client.manifest()).run).toBe('run_one');
    expect((await client.report('roi', { limit: 1 })).data).toHaveLength(1);
  });

  it('takes page after page until there is none', async () => {
    const rows = [];
    for await (const row of client.rows({ ...QUERY, page: { limit: 1 } })) rows.push(row);
    expect(rows).toEqual((await client.query(QUERY)).data);
    expect(rows.length).toBeGreaterThan(2);
  });

  it('throws what the server refuses, with its code and its places', async () => {
    const refused = client.query({ metrics: ['revenu_net'] });
    await expect(refused).rejects.toThrow(ApiProblem);
    await expect(refused).rejects.toMatchObject({
      status: 422,
      code: 'unknown_metric',
      errors: [{ pointer: '#/metrics/0' }],
    });
    await expect(client.job('nobody')).rejects.toMatchObject({ status: 404 });
  });

  it('tries again what the server could not take just now, as one request', async () => {
    sent.length = 0;
    refusals = 2;
    expect((await client.query(QUERY)).data.length).toBeGreaterThan(0);
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map((request) => request.headers.get('idempotency-key'))).size).toBe(1);
    refusals = 3;
    await expect(client.query(QUERY)).rejects.toMatchObject({ code: 'over_capacity' });
    refusals = 0;
  });
});
