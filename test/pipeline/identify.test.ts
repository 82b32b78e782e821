import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../models/numeric/random.ts';
import { identify } from '../../pipeline/identify.ts';
import { Warehouse } from '../../pipeline/warehouse.ts';

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await Warehouse.open(':memory:');
  await warehouse.run('create schema staging; create schema raw');
  await warehouse.run(
    'create table raw.orders (customer_key varchar); create table raw.conversion (customer_key varchar)',
  );
});
afterAll(() => warehouse.close());

type Link = readonly [string, string];

async function fill(links: readonly Link[], visitors: readonly string[] = []): Promise<void> {
  await warehouse.run('create or replace table staging.identity_link (key_a varchar, key_b varchar)');
  await warehouse.run('create or replace table raw.touch (visitor_key varchar)');
  if (links.length > 0)
    await warehouse.run(
      `insert into staging.identity_link values ${links.map(([a, b]) => `('${a}', '${b}')`).join(', ')}`,
    );
  if (visitors.length > 0)
    await warehouse.run(`insert into raw.touch values ${visitors.map((key) => `('${key}')`).join(', ')}`);
}

/** Keys of each person, sorted: who is one person with whom. */
async function persons(): Promise<string[][]> {
  const rows = await warehouse.rows<{ keys: string[] }>(
    'select list(person_key order by person_key) as keys from staging.person group by person_id order by keys',
  );
  return rows.map((row) => row.keys);
}

/** The slow, plain way: follow every link. */
function components(links: readonly Link[], alone: readonly string[]): string[][] {
  const next = new Map<string, Set<string>>();
  for (const key of [...links.flat(), ...alone]) next.set(key, next.get(key) ?? new Set());
  for (const [a, b] of links) {
    next.get(a)!.add(b);
    next.get(b)!.add(a);
  }
  const out: string[][] = [];
  const seen = new Set<string>();
  for (const start of [...next.keys()].sort()) {
    if (seen.has(start)) continue;
    const found: string[] = [];
    const open = [start];
    while (open.length > 0) {
      const key = open.pop()!;
      if (seen.has(key)) continue;
      seen.add(key);
      found.push(key);
      open.push(...next.get(key)!);
    }
    out.push(found.sort());
  }
  return out.sort((a, b) => (a[0] < b[0] ? -1 : 1));
}

const randomLinks = (seed: number, keys: number, count: number): Link[] => {
  const draw = random(seed, 'links');
  const key = (): string => `k${String(draw.integer(keys)).padStart(3, '0')}`;
  return Array.from({ length: count }, () => [key(), key()] as const).filter(([a, b]) => a !== b);
};

describe('persons', () => {
  it('are the keys that links join, and every other key by itself', async () => {
    await fill(
      [
        ['mail', 'user'],
        ['visitor-1', 'user'],
        ['visitor-2', 'visitor-3'],
      ],
      ['visitor-1', 'visitor-4'],
    );
    await identify(warehouse);
    expect(await persons()).toEqual([['mail', 'user', 'visitor-1'], ['visitor-2', 'visitor-3'], ['visitor-4']]);
  });

  it('are found for random links as by following each of them', async () => {
    for (const seed of [1, 2, 3]) {
      const links = randomLinks(seed, 60, 45);
      await fill(links, ['k000', 'only']);
      await identify(warehouse);
      expect(await persons()).toEqual(components(links, ['k000', 'only']));
    }
  });

  it('keep their ids whatever the order of the links', async () => {
    const links = randomLinks(4, 40, 30);
    const ids = async (): Promise<unknown[]> =>
      warehouse.rows('select person_key, person_id from staging.person order by person_key');
    await fill(links);
    await identify(warehouse);
    const before = await ids();
    await fill(random(5, 'order').shuffle(links.map(([a, b]) => [b, a] as const)));
    await identify(warehouse);
    expect(await ids()).toEqual(before);
  });

  it('of a chain of a thousand keys are found in few rounds', async () => {
    const key = (i: number): string => `c${String((i * 733) % 1000).padStart(4, '0')}`;
    await fill(Array.from({ length: 999 }, (_, i) => [key(i), key(i + 1)] as const));
    const rounds = await identify(warehouse);
    expect((await persons()).length).toBe(1);
    expect(rounds).toBeLessThan(25);
  });

  it('are the same when only what new links touch is done again', async () => {
    const old = randomLinks(6, 50, 25);
    const late: Link[] = [
      ['k001', 'k030'],
      ['new', 'k007'],
    ];
    await fill(old, ['k001', 'k049']);
    await identify(warehouse);
    await fill([...old, ...late], ['k001', 'k049']);
    await warehouse.run(`
      create or replace temporary table scope as
      select unnest(['k001', 'k030', 'new', 'k007']) as person_key
      union select mate.person_key from staging.person as mate where mate.person_id in (
        select person_id from staging.person where person_key in ('k001', 'k030', 'k007'))`);
    await identify(warehouse, 'temp.scope');
    const scoped = await warehouse.rows('select * from staging.person order by person_key');
    await identify(warehouse);
    expect(await warehouse.rows('select * from staging.person order by person_key')).toEqual(scoped);
  });
});
