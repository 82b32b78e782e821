import { sqlFile, sqlFiles } from './sql-files.ts';
import { quoteText, type Warehouse } from './warehouse.ts';

/** One file under `sql/`: a select, its name, and what it reads. */
export interface Relation {
  /** `journey.step` */
  name: string;
  sql: string;
  /** relations it reads, as they stand in the query itself */
  reads: readonly string[];
}

/**
 * The relations of some folders in an order in which each comes after what it reads; what pipeline code makes between them
 * (`staging.person`, say) is read but not listed.
 *
 * @throws Error when relations read each other in a circle
 */
export async function relationsOf(warehouse: Warehouse, folders: readonly string[]): Promise<Relation[]> {
  const all = new Map<string, Relation>();
  for (const folder of folders) {
    for (const file of sqlFiles(folder)) {
      const sql = sqlFile(`${folder}/${file}`);
      all.set(`${folder}.${file}`, { name: `${folder}.${file}`, sql, reads: await tablesRead(warehouse, sql) });
    }
  }
  const ordered: Relation[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (relation: Relation, from: string): void => {
    if (state.get(relation.name) === 'done') return;
    if (state.get(relation.name) === 'open') throw new Error(`${relation.name} and ${from} read each other`);
    state.set(relation.name, 'open');
    for (const name of relation.reads) {
      const read = all.get(name);
      if (read !== undefined) visit(read, relation.name);
    }
    state.set(relation.name, 'done');
    ordered.push(relation);
  };
  for (const relation of all.values()) visit(relation, '');
  return ordered;
}

const known = new Map<string, string[]>();

/** Qualified tables that a query reads, from DuckDB's own parse of it; each text is parsed once a process. */
export async function tablesRead(warehouse: Warehouse, sql: string): Promise<readonly string[]> {
  const tables = known.get(sql) ?? (await parseTables(warehouse, sql));
  known.set(sql, tables);
  return tables;
}

async function parseTables(warehouse: Warehouse, sql: string): Promise<string[]> {
  const tree = await warehouse.value<string>(`select json_serialize_sql('${quoteText(sql)}')`);
  const parsed = JSON.parse(tree) as { error: boolean; error_message?: string };
  if (parsed.error) throw new Error(`cannot parse: ${parsed.error_message}\n${sql.slice(0, 200)}`);
  const names = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    else if (node !== null && typeof node === 'object') {
      const table = node as { type?: string; schema_name?: string; table_name?: string };
      if (table.type === 'BASE_TABLE' && table.schema_name) names.add(`${table.schema_name}.${table.table_name}`);
      Object.values(node).forEach(walk);
    }
  };
  walk(parsed);
  return [...names].sort();
}
