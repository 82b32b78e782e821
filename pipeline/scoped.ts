import { tablesRead } from './relations.ts';
import { quoteName, type SqlParameters, sqlFile, type Warehouse } from './warehouse.ts';

/**
 * Runs a relation's own SQL over a part of its inputs.
 *
 * The file says `raw.orders`; here that name is a view in a catalog of its own, which holds only the rows in scope. So a whole
 * build and an incremental one run the same text, and cannot drift apart.
 */
export interface Scoping {
  /** relation -> condition on its rows (aliased `this`), in SQL; inputs not named are read whole */
  inputs: Readonly<Record<string, string>>;
  /** condition on the rows of the relation itself that are replaced, in SQL */
  replaces: string;
}

const CATALOG = 'scoped';

export async function rebuildScoped(
  warehouse: Warehouse,
  relation: string,
  scoping: Scoping,
  settings: SqlParameters,
): Promise<void> {
  const home = await warehouse.value<string>('select current_database()');
  const [schema, table] = relation.split('.');
  const sql = sqlFile(relation.replace('.', '/'));
  await warehouse.run(`attach if not exists ':memory:' as ${CATALOG}`);
  const reads = await tablesRead(warehouse, sql);
  for (const name of reads) {
    const [readSchema, readTable] = name.split('.');
    const source = `${quoteName(home)}.${readSchema}.${quoteName(readTable)}`;
    const condition = scoping.inputs[name];
    await warehouse.run(`create schema if not exists ${CATALOG}.${readSchema}`);
    await warehouse.run(
      `create or replace view ${CATALOG}.${readSchema}.${quoteName(readTable)} as select this.* from ${source} as this ${condition ? `where ${condition}` : ''}`,
    );
  }
  const target = `${quoteName(home)}.${schema}.${quoteName(table)}`;
  await warehouse.run(`delete from ${target} as this where ${scoping.replaces}`);
  await warehouse.run(`use ${CATALOG}`);
  try {
    await warehouse.run(`insert into ${target} by name ${sql}`, settings);
  } finally {
    await warehouse.run(`use ${quoteName(home)}`);
  }
}
