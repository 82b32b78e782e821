import { createRelation } from '../build.ts';
import type { Config } from '../config.ts';
import { type InScope, rebuildScoped } from '../scoped.ts';
import { sqlFile } from '../sql-files.ts';
import { quoteName, type SqlSettings, type Warehouse } from '../warehouse.ts';

/** Conditions on rows (aliased `this`) that the tables of a scope decide. */
export const IN_ORDERS =
  '(this.shop_id, this.source_order_id) in (select (shop_id, source_order_id) from temp.scope_order)';
export const IN_CONVERSIONS = 'this.conversion_id in (select conversion_id from temp.scope_conversion)';
export const NEW_ROWS = 'this.batch_id in (select batch_id from temp.new_batch)';
export const AFFECTED_PERSON = 'this.person_id in (select person_id from temp.scope_person)';

/** One incremental build under way: what it works on, which relations have changed so far, and the ways to remake one. */
export class Increment {
  readonly warehouse: Warehouse;
  readonly config: Config;
  readonly settings: SqlSettings;
  /** relations with other rows than before */
  readonly changed = new Set<string>();
  private readonly progress?: (name: string) => void;

  constructor(warehouse: Warehouse, config: Config, settings: SqlSettings, progress?: (name: string) => void) {
    this.warehouse = warehouse;
    this.config = config;
    this.settings = settings;
    this.progress = progress;
  }

  say(name: string): void {
    this.progress?.(name);
  }

  /** Runs a relation's SQL over the rows in scope of its inputs, in place of the rows that it replaces; null: it has none of them. */
  async scoped(relation: string, inputs: Record<string, InScope>, replaces: string | null): Promise<void> {
    await rebuildScoped(this.warehouse, relation, { inputs, replaces }, this.settings);
  }

  /** Sums over everything: quicker made anew than mended. */
  async whole(name: string): Promise<void> {
    this.say(name);
    await createRelation(this.warehouse, { name, sql: sqlFile(name.replace('.', '/')), reads: [] }, this.settings);
  }

  async table(name: string, select: string): Promise<void> {
    await this.warehouse.run(`create or replace temporary table ${name} as ${select}`);
  }

  /** Drops the tables of the scope. */
  async forget(): Promise<void> {
    const tables = await this.warehouse.rows<{ table_name: string }>(
      `select table_name from duckdb_tables() where temporary and (table_name like 'scope%' or table_name like 'old_%' or table_name like 'changed%'
         or table_name like 'new_%' or table_name like '%_traffic' or table_name in ('touched_key', 'seed_conversion'))`,
    );
    for (const { table_name } of tables) await this.warehouse.run(`drop table temp.${quoteName(table_name)}`);
  }
}

/** An empty table of text columns. */
export function nothing(...columns: string[]): string {
  return `select ${columns.map((column) => `cast(null as varchar) as ${column}`).join(', ')} where false`;
}
