import { InputError } from '../models/errors.ts';
import { countWords } from '../pipeline/count-words.ts';
import { currentRun } from '../pipeline/current-run.ts';
import { type CheckResult, isBuilt, runChecks } from '../pipeline/judge.ts';
import type { OpenWorkspace } from '../pipeline/workspace.ts';
import { checkLedgerCommand } from './check-ledger.ts';
import { type GlobalOptions, print, printJson } from './terminal.ts';
import { withWorkspace } from './with-workspace.ts';

interface RejectRow {
  file_name: string;
  kind: string;
  line_no: string;
  column_name: string;
  value_shape: string | null;
  reason: string;
}

/** Rules about the data as it was last built, the rows that break them, rejected lines, and campaign names that were not mapped. */
export async function checkCommand(
  options: GlobalOptions & { failOn?: string; limit?: string; ledger?: boolean },
): Promise<void> {
  const failOn = options.failOn ?? 'error';
  if (failOn !== 'warn' && failOn !== 'error')
    throw new InputError('usage', `--fail-on is ${failOn}; expected warn or error`);
  const limit = Number(options.limit ?? 50);
  if (!Number.isInteger(limit) || limit < 1)
    throw new InputError('usage', `--limit is ${options.limit}; expected a whole number above 0`);
  if (options.ledger) return checkLedgerCommand(options, limit);
  await withWorkspace(options.workspace, (workspace) => showChecks(workspace, options, failOn, limit));
}

async function showChecks(
  workspace: OpenWorkspace,
  options: GlobalOptions,
  failOn: 'warn' | 'error',
  limit: number,
): Promise<void> {
  const rejects = await workspace.warehouse.rows<RejectRow>(
    `select batch.file_name, batch.kind, reject.line_no, reject.column_name, reject.value_shape, reject.reason
       from raw.reject as reject inner join raw.batch as batch on batch.batch_id = reject.batch_id
       order by batch.file_name, reject.line_no, reject.column_name limit ${limit}`,
  );
  const rejected = await workspace.warehouse.count('select coalesce(sum(rows_rejected), 0) from raw.batch');
  const run = currentRun(workspace.paths);
  // what is published names no order: the warehouse does
  const checks = (await isBuilt(workspace.warehouse)) ? await runChecks(workspace.warehouse, workspace.config) : [];
  if (options.json) printJson({ schema_version: 1, run: run?.run ?? null, checks, rejected, rejects });
  else print(checkText(run?.run, checks, rejected, rejects));
  if (checks.some((check) => check.broken > 0 && (check.severity === 'error' || failOn === 'warn')))
    process.exitCode = 3;
}

function checkText(
  run: string | undefined,
  checks: readonly CheckResult[],
  rejected: number,
  rejects: readonly RejectRow[],
): string {
  const lines = [
    checks.length === 0
      ? 'Nothing was built yet: liftproof run builds, checks and publishes.'
      : `Checks of what was built last; published is ${run ?? 'nothing yet'}`,
  ];
  for (const check of checks) {
    lines.push(
      `  ${check.broken === 0 ? 'ok  ' : check.severity === 'error' ? 'FAIL' : 'warn'}  ${check.check}${check.broken === 0 ? '' : `: ${countWords(check.broken, 'row')}. ${check.rule}`}`,
    );
    if (check.broken === 0) continue;
    for (const example of check.examples) lines.push(`          ${exampleText(example)}`);
    const more = check.broken - check.examples.length;
    if (more > 0)
      lines.push(
        `          … and ${countWords(more, 'more row', 'more rows')}${check.check === 'unmapped_campaigns' ? '; "liftproof export unmapped" writes all of the published run' : ''}`,
      );
  }
  lines.push(
    '',
    rejected === 0 ? 'No record was rejected.' : `${countWords(rejected, 'record was', 'records were')} rejected:`,
  );
  for (const reject of rejects)
    lines.push(
      `  ${reject.file_name}:${reject.line_no}  ${reject.column_name}: ${reject.reason}${reject.value_shape ? ` (looks like ${reject.value_shape})` : ''}`,
    );
  return lines.join('\n');
}

function exampleText(example: Record<string, unknown>): string {
  return Object.entries(example)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
}
