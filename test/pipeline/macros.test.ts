import { expect, it } from 'vitest';
import { Macros } from '../../pipeline/macros.ts';
import { sqlFile, sqlFiles } from '../../pipeline/sql-files.ts';
import { useMacros, Warehouse } from '../../pipeline/warehouse.ts';

const SECRET = new Uint8Array(32);
const nameOf = (definition: string): string => /macro ([a-z_0-9]+)/.exec(definition)![1];

async function inSession(work: (warehouse: Warehouse) => Promise<void>): Promise<void> {
  const warehouse = await Warehouse.open(':memory:', { threads: 1 });
  try {
    await useMacros(warehouse, SECRET);
    await work(warehouse);
  } finally {
    warehouse.close();
  }
}

it('are defined when a statement first calls them, each after those that it calls, and once', () => {
  const macros = new Macros();
  const first = macros.missing(`select query_value('a=b', 'a')`);
  expect(nameOf(first.at(-1)!)).toBe('query_value');
  first.forEach((definition, i) => {
    const earlier = first.slice(0, i).map(nameOf);
    for (const later of first.slice(i + 1).map(nameOf)) expect(earlier.includes(later)).toBe(false);
    expect(earlier).not.toContain(nameOf(definition));
  });
  expect(macros.missing(`select QUERY_VALUE ('a=b', 'a'), abs(-1)`)).toEqual([]);
});

it('can each be called by a session that has called nothing else', async () => {
  const names = sqlFiles('macro').flatMap((file) =>
    [...sqlFile(`macro/${file}`).matchAll(/^create or replace temporary macro ([a-z_0-9]+)\(/gm)].map(
      (match) => match[1],
    ),
  );
  expect(names.length).toBeGreaterThan(100);
  await inSession(async (warehouse) => {
    for (const name of names) {
      warehouse.macros = new Macros();
      await warehouse.bring(`${name}(`);
    }
    const defined = await warehouse.rows<{ name: string }>(
      `select function_name as name from duckdb_functions() where function_type in ('macro', 'table_macro') and database_name = 'temp'`,
    );
    expect(defined.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  });
});

it('that a transaction defined go with it when it is rolled back, and come again', async () => {
  await inSession(async (warehouse) => {
    const key = `select person_key('email', 'a@b.c') as key`;
    await warehouse.begin();
    const within = await warehouse.value(key);
    await warehouse.rollback();
    expect(await warehouse.value(key)).toBe(within);
  });
});
