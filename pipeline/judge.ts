import { InputError } from '../models/errors.ts';
import { sqlSettings } from './build.ts';
import type { Config } from './config.ts';
import { countWords } from './count-words.ts';
import { sqlFile, sqlFiles } from './sql-files.ts';
import { type Warehouse, withSettings } from './warehouse.ts';

/** A rule about the data, and how many rows break it. */
export interface CheckResult {
  check: string;
  severity: 'error' | 'warn';
  /** the rule, in words */
  rule: string;
  broken: number;
  /** the first rows that break it */
  examples: Record<string, unknown>[];
}

const EXAMPLES = 5;

/** Runs every file of `sql/check`: each returns the rows that break its rule. */
export async function runChecks(warehouse: Warehouse, config: Config): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const name of sqlFiles('check')) results.push(await runCheck(warehouse, config, name));
  return results;
}

export async function runCheck(warehouse: Warehouse, config: Config, name: string): Promise<CheckResult> {
  const text = sqlFile(`check/${name}`);
  const sql = withSettings(text, sqlSettings(config));
  const severity = /^-- severity: (error|warn)$/m.exec(text)?.[1] as 'error' | 'warn' | undefined;
  if (severity === undefined) throw new Error(`sql/check/${name}.sql does not say its severity`);
  const rows = await warehouse.rows(`select * from (${sql}) order by all limit ${EXAMPLES}`);
  const broken = rows.length < EXAMPLES ? rows.length : await warehouse.count(`select count(*) from (${sql})`);
  return { check: name, severity, rule: text.split('\n')[0].replace(/^-- /, ''), broken, examples: rows };
}

/** Columns that tell one order, event, visit or person from another. */
const NAMES_ONE = /^(?:source_order_id|order_name|conversion_id|money_event_id|touch_id|person_id|[a-z_]+_key)$/;

/**
 * Results as they may leave the warehouse: rows that name one order, visit or person stay there, the count goes. Rows that are sums
 * by campaign, currency or source go with it.
 */
export function withoutNames(results: readonly CheckResult[]): CheckResult[] {
  return results.map((result) => ({
    ...result,
    examples: result.examples.some((row) => Object.keys(row).some((column) => NAMES_ONE.test(column)))
      ? []
      : result.examples,
  }));
}

/** True when the last build came to its end, so that what it made can be judged. */
export async function isBuilt(warehouse: Warehouse): Promise<boolean> {
  const tables = await warehouse.count(
    `select count(*) from information_schema.tables
     where table_catalog = current_database()
       and ((table_schema = 'staging' and table_name = 'built') or (table_schema = 'report' and table_name = 'attribution'))`,
  );
  if (tables < 2) return false;
  return (await warehouse.count(`select count(*) from staging.built where fingerprint = 'unfinished'`)) === 0;
}

/** @throws InputError `check_failed` when a rule of severity error is broken: nothing is published */
export function stopOnErrors(results: readonly CheckResult[]): void {
  const failed = results.filter((result) => result.severity === 'error' && result.broken > 0);
  if (failed.length === 0) return;
  const [first] = withoutNames(failed);
  const example = first.examples.length === 0 ? '' : ` (for example ${JSON.stringify(first.examples[0])})`;
  throw new InputError(
    'check_failed',
    `${failed.map((result) => result.check).join(', ')}: ${countWords(first.broken, 'row breaks', 'rows break')} "${first.rule}"${example}; nothing was published, the last run stays; "liftproof check" names the rows`,
    { details: { checks: withoutNames(failed) } },
  );
}
