import { Readable } from 'node:stream';
import { random } from '../../models/numeric/random.ts';
import { ingest } from '../../pipeline/ingest.ts';
import { type StreamName, streamOf } from '../../pipeline/streams.ts';
import type { TestWorkspace } from '../helpers.ts';

/** A row of one plain stream. */
interface Row {
  stream: string;
  values: Record<string, string>;
}

/**
 * A small market as rows of plain streams, with everything that an incremental build must survive: touches before and after their
 * orders, links that merge persons late, refunds, restated orders, foreign currency with late rates, posts and engagement,
 * order-borne touches, discount codes, unknown consent.
 */
export function marketRows(seed: number, persons = 14): Row[] {
  const draw = random(seed, 'market');
  const rows: Row[] = [];
  const day = (d: number): string => new Date(Date.UTC(2026, 0, 1) + Math.round(d * 86_400_000)).toISOString();
  const pick = <T>(values: readonly T[]): T => values[draw.integer(values.length)];
  for (let p = 0; p < persons; p++) {
    const visitors = [`visitor:v${p}a`, `visitor:v${p}b`];
    const email = `p${p}@example.com`;
    if (draw.uniform() < 0.7)
      rows.push({
        stream: 'identity_link',
        values: { key_a: visitors[0], key_b: email, kind: 'user_id', seen_at: day(1) },
      });
    if (draw.uniform() < 0.5)
      rows.push({
        stream: 'identity_link',
        values: { key_a: visitors[1], key_b: visitors[0], kind: 'visitor', seen_at: day(2) },
      });
    if (draw.uniform() < 0.1)
      rows.push({
        stream: 'identity_link',
        values: { key_a: email, key_b: `p${draw.integer(persons)}@example.com`, kind: 'user_id', seen_at: day(3) },
      });
    for (let t = 0; t < draw.integer(6); t++)
      rows.push(touchRow(`t${p}-${t}`, pick(visitors), day(draw.uniform() * 40), draw));
    for (let o = 0; o < draw.integer(3); o++)
      rows.push(...orderRows(`${p}${o}`, email, 5 + draw.uniform() * 40, day, draw));
  }
  rows.push({ stream: 'fx_rate', values: { rate_date: '2026-01-02', base: 'USD', quote: 'EUR', rate: '0.9' } });
  for (let d = 8; d < 50; d += 6)
    rows.push({
      stream: 'fx_rate',
      values: {
        rate_date: day(d).slice(0, 10),
        base: 'EUR',
        quote: 'USD',
        rate: (1.05 + draw.uniform() / 10).toFixed(4),
      },
    });
  for (let i = 0; i < 4; i++) {
    rows.push({
      stream: 'post',
      values: {
        platform: 'instagram',
        post_id: `post${i}`,
        published_at: day(i * 8),
        kind: 'post',
        link_url: i % 2 ? 'https://shop.example/?utm_campaign=spring' : '',
      },
    });
    for (const observed of [10 + i, 25 + i]) {
      rows.push({
        stream: 'metric_observation',
        values: {
          platform: 'instagram',
          entity_type: 'post',
          entity_id: `post${i}`,
          metric: 'reactions',
          grain: 'lifetime',
          value: String(observed * 3),
          additivity: 'additive',
          observed_at: day(observed),
        },
      });
    }
  }
  return rows;
}

function touchRow(id: string, visitor: string, at: string, draw: ReturnType<typeof random>): Row {
  const kinds: Record<string, string>[] = [
    { landing_query: 'utm_source=ig&utm_medium=social&utm_campaign=Spring' },
    { landing_query: `utm_source=instagram&utm_medium=social&utm_content=post${draw.integer(4)}` },
    { landing_query: 'utm_source=google&utm_medium=cpc' },
    { referrer_host: 'www.google.com' },
    { referrer_host: 'l.facebook.com' },
    {},
  ];
  return {
    stream: 'touch',
    values: {
      touch_id: id,
      touched_at: at,
      kind: 'page',
      visitor_key: visitor,
      has_analytics_consent: draw.uniform() < 0.9 ? 'true' : '',
      ...kinds[draw.integer(kinds.length)],
    },
  };
}

function orderRows(
  id: string,
  email: string,
  at: number,
  day: (d: number) => string,
  draw: ReturnType<typeof random>,
): Row[] {
  const currency = draw.uniform() < 0.3 ? 'USD' : 'EUR';
  const total = (5 + draw.uniform() * 200).toFixed(2);
  const base = { shop_id: 's', source_order_id: id };
  const order = {
    ...base,
    system: 'plain',
    created_at: day(at),
    currency,
    total,
    customer_key: draw.uniform() < 0.8 ? email : '',
    has_analytics_consent: 'true',
  };
  const rows: Row[] = [
    { stream: 'orders', values: { ...order, observed_at: day(at) } },
    {
      stream: 'money_event',
      values: { ...base, money_event_id: `${id}:sale`, kind: 'sale', occurred_at: day(at), amount: total, currency },
    },
  ];
  if (draw.uniform() < 0.3)
    rows.push({
      stream: 'money_event',
      values: {
        ...base,
        money_event_id: `${id}:r`,
        kind: 'refund',
        occurred_at: day(at + 9),
        amount: `-${(Number(total) / 3).toFixed(2)}`,
        currency,
      },
    });
  if (draw.uniform() < 0.2)
    rows.push({
      stream: 'orders',
      values: { ...order, customer_key: email, is_test: draw.uniform() < 0.3 ? 'true' : '', observed_at: day(at + 3) },
    });
  if (draw.uniform() < 0.2)
    rows.push({ stream: 'order_discount', values: { ...base, discount_index: '0', code: 'LENA15' } });
  if (draw.uniform() < 0.2)
    rows.push({
      stream: 'touch',
      values: {
        touch_id: `o${id}`,
        touched_at: day(at),
        kind: 'order_landing',
        landing_query: 'utm_source=tiktok&utm_medium=social',
        ...base,
      },
    });
  return rows;
}

export const MARKET_CONFIG = `workspace: market
reporting: { time_zone: Europe/Paris, currency: EUR }
models: { run: [position_based, markov], replicates: 10 }
campaigns:
  - { id: spring, starts: 2026-01-01, ends: 2026-02-20, window_credit: true }
  - { id: lena }
campaign_map:
  - { campaign: spring, match: post_id, platform: instagram, value: post0 }
  - { campaign: lena, match: discount_code, value: lena15 }
`;

/** Ingests rows as one plain CSV a stream. `label` makes the bytes of equal parts differ, as two exports of one day would. */
export async function ingestRows(workspace: TestWorkspace, rows: readonly Row[], label: string): Promise<void> {
  const streams = new Map<string, Row[]>();
  for (const row of rows) streams.set(row.stream, [...(streams.get(row.stream) ?? []), row]);
  for (const [stream, list] of streams) {
    const columns = [...new Set([...requiredFirst(list), ...list.flatMap((row) => Object.keys(row.values))])];
    const lines = list.map((row) => columns.map((column) => row.values[column] ?? '').join(','));
    const text = `${columns.join(',')},label\n${lines.map((line) => `${line},${label}`).join('\n')}\n`;
    await ingest(workspace, Readable.from([Buffer.from(text)]), {
      name: `${stream}-${label}.csv`,
      as: `plain_${stream}`,
      exportedAt: '2026-03-01T00:00:00Z',
      onError: 'abort',
    });
  }
}

function requiredFirst(list: readonly Row[]): string[] {
  return Object.keys(list[0].values);
}

/**
 * Puts rows into `raw.*` as `ingestRows` would, without files: a batch a stream. For tests of what is built from raw, by the dozen.
 */
export async function insertRows(workspace: TestWorkspace, rows: readonly Row[], label: string): Promise<void> {
  const { warehouse } = workspace;
  const text = (value: string): string => (value === '' ? 'null' : `'${value.replaceAll("'", "''")}'`);
  for (const stream of [...new Set(rows.map((row) => row.stream))]) {
    const list = rows.filter((row) => row.stream === stream);
    const columns = [...new Set(list.flatMap((row) => Object.keys(row.values)))].filter(
      (column) => column !== 'observed_at',
    );
    const types = streamOf(stream as StreamName).columns;
    const lines = list.map(
      (row, i) =>
        `(${i + 1}, ${[row.values.observed_at ?? '2026-03-01T00:00:00Z', ...columns.map((column) => row.values[column] ?? '')].map(text).join(', ')})`,
    );
    // the key of a person is worked out once a column, not once a row: planning it is what takes time
    const cells = columns.map((column) =>
      types[column].type === 'person' ? `plain_person_key(cast(${column} as varchar))` : column,
    );
    await warehouse.run(
      `insert into raw.${stream} (source_id, batch_id, line_no, observed_at, ${columns.join(', ')})
       select '${stream}', '${stream}-${label}', line_no, observed_at, ${cells.join(', ')}
       from (values ${lines.join(', ')}) as row (line_no, observed_at, ${columns.join(', ')})`,
    );
    await warehouse.run(
      `insert into raw.batch values ('${stream}-${label}', '${stream}', 'plain_${stream}', '${stream}', 1, '2026-03-01T00:00:00Z', '{}', ${list.length}, ${list.length}, 0, 0, 0)`,
    );
  }
}
