import { InputError } from '../models/errors.ts';
import { sqlSettings } from './build.ts';
import type { Config } from './config.ts';
import { sqlFile, sqlFiles, type Warehouse } from './warehouse.ts';

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
  const settings = sqlSettings(config);
  const results: CheckResult[] = [];
  for (const name of sqlFiles('check')) {
    const sql = sqlFile(`check/${name}`);
    const severity = /^-- severity: (error|warn)$/m.exec(sql)?.[1] as 'error' | 'warn' | undefined;
    if (severity === undefined) throw new Error(`sql/check/${name}.sql does not say its severity`);
    const rows = await warehouse.rows(`select * from (${sql}) order by all limit ${EXAMPLES}`, settings);
    const broken =
      rows.length < EXAMPLES ? rows.length : await warehouse.count(`select count(*) from (${sql})`, settings);
    results.push({ check: name, severity, rule: sql.split('\n')[0].replace(/^-- /, ''), broken, examples: rows });
  }
  return results;
}

/** @throws InputError `check_failed` when a rule of severity error is broken: nothing is published */
export function stopOnErrors(results: readonly CheckResult[]): void {
  const failed = results.filter((result) => result.severity === 'error' && result.broken > 0);
  if (failed.length === 0) return;
  const first = failed[0];
  throw new InputError(
    'check_failed',
    `${failed.map((result) => result.check).join(', ')}: ${first.broken} rows break "${first.rule}" (for example ${JSON.stringify(first.examples[0])}); nothing was published, the last run stays`,
    { details: { checks: failed } },
  );
}
