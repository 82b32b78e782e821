import { tablesRead } from './relations.ts';
import { sqlFile } from './sql-files.ts';
import { quoteName, type SqlSettings, type Warehouse, withSettings } from './warehouse.ts';

/** Rows of an input that are in scope. */
export interface InScope {
  /** a table that holds them, made beforehand because several relations read it; the input itself when absent */
  from?: string;
  /** condition on its rows (aliased `this`), in SQL; all when absent */
  where?: string;
}

/**
 * Runs a relation's own SQL over a part of its inputs.
 *
 * The file says `raw.orders`; here that name is a view in a catalog of its own, which holds only the rows in scope. So a whole
 * build and an incremental one run the same text, and cannot drift apart.
 */
export interface Scoping {
  /** inputs not named are read whole */
  inputs: Readonly<Record<string, InScope>>;
  /** condition on the rows of the relation itself that are replaced, in SQL; null when it has none of them yet */
  replaces: string | null;
}

const CATALOG = 'scoped';

export async function rebuildScoped(
  warehouse: Warehouse,
  relation: string,
  scoping: Scoping,
  settings: SqlSettings,
): Promise<void> {
  const home = quoteName(await warehouse.value<string>('select current_database()'));
  const [schema, table] = relation.split('.');
  const sql = sqlFile(relation.replace('.', '/'));
  const target = `${home}.${schema}.${quoteName(table)}`;
  const statements = [`attach if not exists ':memory:' as ${CATALOG}`];
  for (const name of await tablesRead(warehouse, sql)) {
    const [readSchema, readTable] = name.split('.');
    const { from = `${home}.${readSchema}.${quoteName(readTable)}`, where } = scoping.inputs[name] ?? {};
    statements.push(
      `create schema if not exists ${CATALOG}.${readSchema}`,
      `create or replace view ${CATALOG}.${readSchema}.${quoteName(readTable)} as select this.* from ${from} as this ${where ? `where ${where}` : ''}`,
    );
  }
  if (scoping.replaces !== null) statements.push(`delete from ${target} as this where ${scoping.replaces}`);
  await warehouse.run([...statements, `use ${CATALOG}`].join(';\n'));
  try {
    await warehouse.run(`insert into ${target} by name ${withSettings(sql, settings)}`);
  } finally {
    await warehouse.run(`use ${home}`);
  }
}
