import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../../models/numeric/random.ts';
import { sqlFile } from '../../../pipeline/sql-files.ts';
import { Warehouse } from '../../../pipeline/warehouse.ts';

interface Order {
  id: string;
  person: number | null;
  day: string;
  country: string;
}
interface Study {
  id: string;
  geos: string | null;
  start: string | null;
  end: string | null;
}

const K = 20;
let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await Warehouse.open(':memory:', { threads: 1 });
  for (const schema of ['staging', 'panel', 'result']) await warehouse.run(`create schema ${schema}`);
  await warehouse.run(
    `create table panel.place as select * from (values ('FR', '', 'France'), ('BE', '', 'Benelux'), ('NL', '', 'Benelux')) as t (country, region, own_geo)`,
  );
});
afterAll(() => warehouse.close());

async function sharedOf(orders: readonly Order[], studies: readonly Study[]): Promise<Record<string, boolean>> {
  const text = (value: string | null): string => (value === null ? 'null' : `'${value}'`);
  await warehouse.run(`create or replace table staging.conversion as
    select id as conversion_id, cast(person as bigint) as person_id, cast(day as date) as conversion_date, country, cast(null as varchar) as region
    from (values ${orders.map((o) => `('${o.id}', ${o.person ?? 'null'}, '${o.day}', '${o.country}')`).join(', ')}) as t (id, person, day, country)`);
  await warehouse.run(`create or replace table result.lift_study as
    select id as study_id, cast(geos as varchar) as geos, cast(first as date) as start_date, cast(last as date) as end_date
    from (values ${studies.map((s) => `(${[s.id, s.geos, s.start, s.end].map(text).join(', ')})`).join(', ')}) as t (id, geos, first, last)`);
  const rows = await warehouse.rows<{ study_id: string; is_shared: boolean }>(sqlFile('report/shared_study'), {
    shared_k: K,
  });
  expect(rows).toHaveLength(studies.length);
  return Object.fromEntries(rows.map((row) => [row.study_id, String(row.is_shared) === 'true']));
}

const buy = (count: number, day: string, country: string, from = 0): Order[] =>
  Array.from({ length: count }, (_, i) => ({ id: `${country}${day}${from + i}`, person: from + i, day, country }));

describe('studies for readers outside', () => {
  it('are those in whose time and places enough persons bought', async () => {
    const orders = [
      ...buy(K, '2026-03-02', 'FR'),
      ...buy(K - 1, '2026-03-02', 'BE', 100),
      ...buy(1, '2026-04-01', 'NL', 300),
    ];
    expect(
      await sharedOf(orders, [
        { id: 'france', geos: 'France', start: '2026-03-01', end: '2026-03-31' },
        { id: 'benelux in March', geos: 'Benelux', start: '2026-03-01', end: '2026-03-31' },
        { id: 'benelux', geos: 'Benelux', start: '2026-03-01', end: '2026-04-30' },
        { id: 'both', geos: 'France,Benelux', start: null, end: null },
        { id: 'everywhere', geos: null, start: '2026-03-02', end: '2026-03-02' },
        { id: 'before', geos: null, start: '2026-02-01', end: '2026-03-01' },
        { id: 'nowhere', geos: 'Spain', start: null, end: null },
      ]),
    ).toEqual({
      france: true,
      'benelux in March': false,
      benelux: true,
      both: true,
      everywhere: true,
      before: false,
      nowhere: false,
    });
  });

  it('count a person of many days once, and an order of nobody as one', async () => {
    const days = Array.from({ length: 28 }, (_, i) => `2026-03-${String(i + 1).padStart(2, '0')}`);
    const study = { id: 's', geos: 'France', start: null, end: null };
    const same = days.flatMap((day) => buy(K - 1, day, 'FR'));
    expect(await sharedOf(same, [study])).toEqual({ s: false });
    expect(await sharedOf([...same, { id: 'x', person: null, day: days[0], country: 'FR' }], [study])).toEqual({
      s: true,
    });
  });

  it('are the same as counted one by one', async () => {
    const draw = random(1, 'shared study');
    const day = (n: number): string => `2026-03-${String(n + 1).padStart(2, '0')}`;
    const orders = Array.from(
      { length: 160 },
      (_, i): Order => ({
        id: `o${i}`,
        person: draw.uniform() < 0.1 ? null : draw.integer(60),
        day: day(draw.integer(28)),
        country: ['FR', 'BE', 'NL'][draw.integer(3)],
      }),
    );
    const geoOf = (country: string): string => (country === 'FR' ? 'France' : 'Benelux');
    const studies = Array.from({ length: 40 }, (_, i): Study => {
      const first = draw.integer(28);
      return {
        id: `s${i}`,
        geos: [null, 'France', 'Benelux', 'France,Benelux'][draw.integer(4)],
        start: day(first),
        end: day(Math.min(27, first + draw.integer(20))),
      };
    });
    const slow = Object.fromEntries(
      studies.map(({ id, geos, start, end }) => {
        const of = orders.filter(
          (o) => o.day >= start! && o.day <= end! && (geos === null || geos.split(',').includes(geoOf(o.country))),
        );
        return [id, new Set(of.map((o) => o.person ?? o.id)).size >= K];
      }),
    );
    expect(new Set(Object.values(slow)).size).toBe(2);
    expect(await sharedOf(orders, studies)).toEqual(slow);
  });
});
