import { describe, expect, it } from 'vitest';
import { scrub, serverLog } from '../../api/log.ts';
import { serverMetrics } from '../../api/metrics.ts';
import { rateLimiter } from '../../api/rate-limit.ts';

const TOKEN = `lp_live_abcdEFGH_${'s'.repeat(43)}`;

describe('the log', () => {
  it('holds no secret, whether it stands in a field, in an error, or in a text', () => {
    const lines: string[] = [];
    const log = serverLog('info', { write: (line) => void lines.push(line) });
    log.info(
      { authorization: `Bearer ${TOKEN}`, headers: { cookie: 'liftproof_session=abc', 'set-cookie': 'x' } },
      'asked',
    );
    log.error({ err: new Error(`cannot use ${TOKEN} at postgres://u:hunter2@db/x`) }, 'broke');
    log.warn({ job: '1', output: `whsec_${'q'.repeat(44)} liftproof_session=topsecret` }, 'output of a job');
    log.info({ body: { token: 'hunter2', deep: { secret: 'hunter2' } } }, `text ${TOKEN}`);
    const text = lines.join('');
    expect(lines).toHaveLength(4);
    for (const secret of ['sssss', 'hunter2', 'qqqqq', 'topsecret', 'liftproof_session=abc'])
      expect(text).not.toContain(secret);
    expect(text).toContain('lp_live_abcdEFGH_[redacted]');
    for (const line of lines) JSON.parse(line);
  });

  it('leaves what is no secret', () => {
    expect(scrub(`GET /join/acme/lp_join_${'s'.repeat(43)} broke`)).toBe('GET /join/acme/lp_join_[redacted] broke');
    expect(scrub(`at /s/acme/${'i'.repeat(22)}.abc123.${'s'.repeat(43)}/channels.csv`)).toBe(
      `at /s/acme/${'i'.repeat(22)}.abc123.[redacted]/channels.csv`,
    );
    expect(scrub('GET /v1/w/acme/query in 12 ms: https://example.com:8080/a@b')).toBe(
      'GET /v1/w/acme/query in 12 ms: https://example.com:8080/a@b',
    );
  });
});

describe('metrics', () => {
  it('are what Prometheus reads', () => {
    const metrics = serverMetrics();
    metrics.gauge('g', 'A gauge.', () => 7);
    metrics.observe('/v1/w/{workspace}/query', 'GET', 200, 0.02);
    metrics.observe('/v1/w/{workspace}/query', 'GET', 200, 20);
    const labels = 'method="GET",route="/v1/w/{workspace}/query",status="200"';
    expect(metrics.text()).toContain(`_bucket{${labels},le="0.01"} 0\n`);
    expect(metrics.text()).toContain(`_bucket{${labels},le="0.025"} 1\n`);
    expect(metrics.text()).toContain(`_bucket{${labels},le="10"} 1\n`);
    expect(metrics.text()).toContain(`_bucket{${labels},le="+Inf"} 2\n`);
    expect(metrics.text()).toContain('g 7\n');
  });
});

describe('points', () => {
  it('are spent at once or over time, and come back evenly', () => {
    let now = 0;
    const limiter = rateLimiter(60, () => now);
    expect(limiter.take('a', 50)).toEqual({ limit: 60, remaining: 10, fullIn: 50 });
    expect(() => limiter.take('a', 11)).toThrow('10 are left; ask again in 1 s');
    expect(limiter.take('b', 60).remaining).toBe(0);
    now = 1000;
    expect(limiter.take('a', 11).remaining).toBe(0);
    now = 1e9;
    expect(limiter.take('a', 0).remaining).toBe(60);
  });
});
