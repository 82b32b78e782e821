import { extname } from 'node:path';
import { InputError } from '../models/errors.ts';
import { isDay } from '../pipeline/filter.ts';
import { listRuns } from '../pipeline/list-runs.ts';
import type { Manifest } from '../pipeline/publish.ts';
import { runQuery } from '../pipeline/query.ts';
import { readQuery } from '../pipeline/read-query.ts';
import {
  aboutReports,
  makeReport,
  optionsWithoutUse,
  REPORT_NAMES,
  REPORT_OPTIONS,
  type Report,
  type ReportOptions,
} from '../pipeline/reports.ts';
import { openResults, type Results } from '../pipeline/results.ts';
import { watchStatements } from '../pipeline/watch-statements.ts';
import { findWorkspace, type Workspace } from '../pipeline/workspace.ts';
import { budgetAsked, inBudgetFlags } from './budget-flags.ts';
import { printDifference } from './report-diff.ts';
import { printMetric, statementsText } from './report-explain.ts';
import { type GlobalOptions, print, printJson, say } from './terminal.ts';
import { REPORT_FORMATS, type ReportFormat, writeTable } from './write-table.ts';

interface ReportCommandOptions extends GlobalOptions {
  format?: string;
  out?: string;
  run?: string;
  model?: string;
  basis?: string;
  from?: string;
  to?: string;
  limit?: string;
  study?: string;
  explain?: boolean;
  total?: string;
  bound?: string[];
  lock?: string[];
  targetRoi?: string;
  targetMroi?: string;
  profitable?: boolean;
}

/** Prints a named report of the published run, or answers a query from a file. Never opens the warehouse. */
export async function reportCommand(
  name: string | undefined,
  rest: readonly string[],
  options: ReportCommandOptions,
): Promise<void> {
  if (name === undefined) return printReports(options);
  const workspace = findWorkspace(options.workspace);
  if (name === 'diff') return printDifference(workspace, rest, options);
  if (name === 'explain') return printMetric(workspace, rest, options.run, options);
  if (rest.length > 0)
    throw new InputError('usage', `report ${name} takes nothing more, and ${rest.join(' ')} was given; leave it out`);
  if (name === 'runs') return printRuns(workspace, options);
  const format = (options.json ? 'json' : (options.format ?? formatOfFile(options.out))) as ReportFormat;
  if (!REPORT_FORMATS.includes(format))
    throw new InputError('usage', `--format is ${format}; expected ${REPORT_FORMATS.join(', ')}`);
  const asked = askedOf(name, options);
  const isQuery = !REPORT_NAMES.includes(name) && (name === '-' || /\.(json|ya?ml)$/i.test(name));
  const filed = isQuery ? await readQuery(name) : undefined;
  if (filed !== undefined) refuseOptions(name, asked);
  if (filed?.run !== undefined && options.run !== undefined && filed.run !== options.run)
    throw new InputError('usage', `--run is ${options.run} and as_of of the query ${filed.run}; give one`);
  const results = await openResults(workspace.paths, options.run ?? filed?.run);
  const watched = watchStatements(results);
  try {
    const report =
      filed === undefined
        ? await namedReport(watched.results, name, asked, options)
        : { title: 'Query', table: await runQuery(watched.results, filed.query), notes: [] };
    await writeTable(report.table, format, options.out, preface(report.title, report.table.meta, results.manifest), [
      ...(report.table.truncated
        ? [
            `${report.table.rows.length} of ${report.table.totalRows} rows shown; ${filed === undefined ? `--limit ${report.table.totalRows}` : `page.limit ${report.table.totalRows}`} shows all.`,
          ]
        : []),
      ...report.notes,
    ]);
    if (options.explain) say({}, `\n${statementsText(await watched.told())}`);
    // books that do not lead to what was attributed: a script has to notice
    if (report.table.meta.is_reconciled === false) process.exitCode = 7;
  } finally {
    results.close();
  }
}

/** What the ending of a file says: nobody who writes `channels.csv` means the table for the screen. */
function formatOfFile(path: string | undefined): ReportFormat {
  const ending = path === undefined ? '' : extname(path).slice(1).toLowerCase();
  return REPORT_FORMATS.find((format) => format === ending) ?? 'table';
}

async function namedReport(
  results: Results,
  name: string,
  asked: ReportOptions,
  options: ReportCommandOptions,
): Promise<Report> {
  if (REPORT_NAMES.includes(name)) refuseOptions(name, asked);
  return makeReport(results, name, asked).catch((cause) => {
    throw inBudgetFlags(cause, options);
  });
}

/** Options of a report, read from flags. */
function askedOf(name: string, options: ReportCommandOptions): ReportOptions {
  const { basis, from, to } = options;
  if (basis !== undefined && basis !== 'order_date' && basis !== 'event_date') {
    throw new InputError(
      'usage',
      `--basis is ${basis}; expected order_date (refunds count on the day of their order) or event_date (on their own day)`,
    );
  }
  for (const [flag, day] of [
    ['--from', from],
    ['--to', to],
  ]) {
    if (day !== undefined && !isDay(day))
      throw new InputError('usage', `${flag} is ${day}; expected a day such as 2026-03-01`);
  }
  if (from !== undefined && to !== undefined && from > to)
    throw new InputError('usage', `--from is ${from}, after --to ${to}; swap them`);
  return {
    model: options.model,
    basis,
    from,
    to,
    limit: options.limit === undefined ? undefined : positive(options.limit),
    study: options.study,
    budget: budgetAsked(name, options),
  };
}

/** @throws InputError `usage` for an option that would be passed over */
function refuseOptions(name: string, asked: ReportOptions): void {
  const [unused] = optionsWithoutUse(name, asked);
  if (unused === undefined) return;
  const taken = (REPORT_OPTIONS[name] ?? []).filter((option) => option !== 'budget').map((option) => `--${option}`);
  throw new InputError(
    'usage',
    `--${unused} does not change the report ${name}${taken.length > 0 ? `, which takes ${taken.join(', ')}` : ''}; leave it out`,
  );
}

/** What the numbers are: over which period, by which model, in which money, from which run. */
function preface(title: string, meta: Readonly<Record<string, unknown>>, manifest: Manifest): string {
  // a report whose rows name their periods has none of its own
  const period = meta.period as [string | null, string | null] | undefined;
  const parts = [
    period === undefined
      ? undefined
      : period[0] !== null && period[1] !== null
        ? `${period[0]} to ${period[1]} (${manifest.time_zone})`
        : 'no orders yet',
    meta.model === undefined ? undefined : `model ${meta.model}`,
    meta.basis === undefined
      ? undefined
      : meta.basis === 'order_date'
        ? 'refunds on the day of their order'
        : 'refunds on their own day',
    manifest.currency,
    manifest.run,
  ];
  return `${title}: ${manifest.workspace}\n${parts.filter((part) => part !== undefined).join(' · ')}`;
}

function printReports(options: GlobalOptions): void {
  const all = [
    ...aboutReports(),
    { name: 'runs', about: 'the runs that were published' },
    { name: 'diff', about: 'what changed from one run to another: report diff <run> [run]' },
    { name: 'explain', about: 'what a metric is and what it is read from: report explain <metric>' },
    { name: '<file>, -', about: 'a query as POST /query takes it, in JSON or YAML' },
  ];
  if (options.json) {
    printJson({ schema_version: 1, reports: all });
    return;
  }
  const width = Math.max(...all.map(({ name }) => name.length));
  for (const { name, about } of all) print(`${name.padEnd(width)}  ${about}`);
}

function printRuns(workspace: Workspace, options: GlobalOptions): void {
  const runs = listRuns(workspace.paths).map(({ manifest, isCurrent }) => ({
    run: manifest.run,
    made_at: manifest.made_at,
    run_hash: manifest.run_hash,
    period: manifest.period,
    is_current: isCurrent,
  }));
  if (options.json) printJson({ schema_version: 1, runs });
  else
    for (const made of runs)
      print(
        `${made.is_current ? '*' : ' '} ${made.run}  ${made.made_at}  ${made.period.from ?? '–'} to ${made.period.to ?? '–'}`,
      );
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InputError('usage', `--limit is ${text}; expected a whole number above 0`);
  return value;
}
