import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqlFile } from '../../../pipeline/sql-files.ts';
import { Warehouse } from '../../../pipeline/warehouse.ts';

interface Journey {
  bucket: number;
  /** channel numbers with their hours before the order, earliest first */
  steps: readonly (readonly [number, number])[];
  isConverted?: boolean;
}
interface Row {
  channel: string;
  from_hours: number;
  to_hours: number | null;
  orders: string;
}

const EDGES = [0, 1, 24, 48, 72, 168, 336, 720, 1440, 2160];
const MICROSECONDS = 3_600_000_000;
let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await Warehouse.open(':memory:', { threads: 1 });
  await warehouse.run('create schema journey');
  await warehouse.run('create schema rules');
  await warehouse.run(
    `create table rules.channel as select * from (values (0, 'Direct'), (1, 'Social'), (2, 'Search')) as t (channel_no, channel)`,
  );
  await warehouse.run(
    'create table journey.journey (bucket integer, is_converted boolean, channels utinyint[], ages bigint[])',
  );
});
afterAll(() => warehouse.close());

async function lagsOf(journeys: readonly Journey[], k: number): Promise<string[]> {
  const value = ({ bucket, steps, isConverted = true }: Journey): string =>
    `(${bucket}, ${isConverted}, [${steps.map(([channel]) => channel).join(', ')}], [${steps.map(([, hours]) => Math.round(hours * MICROSECONDS)).join(', ')}])`;
  await warehouse.run('delete from journey.journey');
  if (journeys.length > 0) await warehouse.run(`insert into journey.journey values ${journeys.map(value).join(', ')}`);
  const rows = await warehouse.rows<Row>(sqlFile('report/order_lag'), { k });
  return rows
    .map((row) => ({ ...row, key: `${row.channel} ${String(row.from_hours).padStart(5)}` }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map((row) => `${row.channel} ${row.from_hours} to ${row.to_hours ?? 'ever'}: ${row.orders}`);
}

/** `count` persons from `first` on who touched a channel so many hours before. */
const touched = (channel: number, hours: number, first: number, count: number): Journey[] =>
  Array.from({ length: count }, (_, i) => ({ bucket: first + i, steps: [[channel, hours]] as const }));

describe('the time from touch to order', () => {
  it('counts the first touch of each channel, and of all of them', async () => {
    const journeys: Journey[] = [
      {
        bucket: 1,
        steps: [
          [1, 50],
          [2, 30],
          [1, 0.5],
        ],
      },
      { bucket: 2, steps: [[2, 0.9]] },
    ];
    expect(await lagsOf(journeys, 1)).toEqual([
      '(any) 0 to 1: 1',
      '(any) 1 to 72: 1',
      'Search 0 to 1: 1',
      'Search 1 to 48: 1',
      'Social 0 to 72: 1',
    ]);
  });

  it('leaves out direct visits, what has no time of its own, and journeys without an order', async () => {
    const journeys: Journey[] = [
      { bucket: 1, steps: [[0, 5]] },
      { bucket: 2, steps: [[1, 0]] },
      { bucket: 3, steps: [[1, 5]], isConverted: false },
      {
        bucket: 4,
        steps: [
          [0, 100],
          [1, 5],
        ],
      },
    ];
    expect(await lagsOf(journeys, 1)).toEqual(['(any) 0 to 24: 1', 'Social 0 to 24: 1']);
  });

  it('lays steps of too few persons together with their neighbours, the rest at the end with what is before it', async () => {
    const journeys = [
      ...touched(1, 0.5, 0, 3),
      ...touched(1, 30, 10, 1),
      ...touched(1, 60, 20, 2),
      ...touched(1, 100, 30, 2),
    ];
    expect(await lagsOf(journeys, 3)).toEqual([
      '(any) 0 to 1: 3',
      '(any) 1 to 168: 5',
      'Social 0 to 1: 3',
      'Social 1 to 168: 5',
    ]);
  });

  it('does not take many orders of one person for many persons', async () => {
    const journeys = [
      ...touched(1, 0.5, 0, 1),
      ...touched(1, 0.6, 0, 1),
      ...touched(1, 30, 0, 1),
      ...touched(2, 0.5, 5, 3),
    ];
    expect(await lagsOf(journeys, 3)).toEqual(['(any) 0 to 48: 6', 'Search 0 to 1: 3']);
  });

  it('tells of k persons in every row, and loses no order of a channel that is told', async () => {
    const one = fc.record({
      bucket: fc.integer({ min: 0, max: 12 }),
      hours: fc.constantFrom(0.2, 5, 30, 60, 100, 200, 400, 900, 1600, 3000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), async (drawn, k) => {
        const lines = await lagsOf(
          drawn.map(({ bucket, hours }) => ({ bucket, steps: [[1, hours]] as const })),
          k,
        );
        const parts = lines.flatMap((line) => {
          const [, from, to, orders] = /^Social (\d+) to (\d+|ever): (\d+)$/.exec(line) ?? [];
          return from === undefined
            ? []
            : [
                {
                  from: Number(from),
                  to: to === 'ever' ? Number.POSITIVE_INFINITY : Number(to),
                  orders: Number(orders),
                },
              ];
        });
        const persons = new Set(drawn.map(({ bucket }) => bucket)).size;
        if (persons < k || drawn.length === 0) return parts.length === 0;
        parts.forEach(({ from, to, orders }, i) => {
          const within = drawn.filter(({ hours }) => hours >= from && hours < to);
          expect(from).toBe(i === 0 ? 0 : parts[i - 1].to);
          expect(EDGES).toContain(from);
          expect(within.length).toBe(orders);
          expect(new Set(within.map(({ bucket }) => bucket)).size).toBeGreaterThanOrEqual(k);
        });
        return parts.reduce((sum, { orders }) => sum + orders, 0) === drawn.length;
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});
