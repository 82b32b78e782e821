import { InputError } from '../models/errors.ts';
import { isDay } from '../pipeline/filter.ts';
import { listRuns } from '../pipeline/list-runs.ts';
import type { Manifest } from '../pipeline/publish.ts';
import {
  aboutReports,
  makeReport,
  optionsWithoutUse,
  REPORT_NAMES,
  REPORT_OPTIONS,
  type ReportOptions,
} from '../pipeline/reports.ts';
import { openResults } from '../pipeline/results.ts';
import { findWorkspace, type Workspace } from '../pipeline/workspace.ts';
import { budgetAsked, inBudgetFlags } from './budget-flags.ts';
import { type GlobalOptions, print, printJson } from './terminal.ts';
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
  total?: string;
  bound?: string[];
  lock?: string[];
  targetRoi?: string;
  targetMroi?: string;
  profitable?: boolean;
}

/** Prints a named report of the published run. Never opens the warehouse. */
export async function reportCommand(name: string | undefined, options: ReportCommandOptions): Promise<void> {
  const workspace = findWorkspace(options.workspace);
  if (name === undefined) return printReports();
  if (name === 'runs') return printRuns(workspace, options);
  const format = (options.json ? 'json' : (options.format ?? 'table')) as ReportFormat;
  if (!REPORT_FORMATS.includes(format))
    throw new InputError('usage', `--format is ${format}; expected ${REPORT_FORMATS.join(', ')}`);
  const basis = options.basis;
  if (basis !== undefined && basis !== 'order_date' && basis !== 'event_date') {
    throw new InputError(
      'usage',
      `--basis is ${basis}; expected order_date (refunds count on the day of their order) or event_date (on their own day)`,
    );
  }
  for (const [flag, day] of [
    ['--from', options.from],
    ['--to', options.to],
  ]) {
    if (day !== undefined && !isDay(day))
      throw new InputError('usage', `${flag} is ${day}; expected a day such as 2026-03-01`);
  }
  if (options.from !== undefined && options.to !== undefined && options.from > options.to)
    throw new InputError('usage', `--from is ${options.from}, after --to ${options.to}; swap them`);
  const results = await openResults(workspace.paths, options.run);
  try {
    const asked: ReportOptions = {
      model: options.model,
      basis,
      from: options.from,
      to: options.to,
      limit: options.limit === undefined ? undefined : positive(options.limit),
      study: options.study,
      budget: budgetAsked(name, options),
    };
    const [unused] = REPORT_NAMES.includes(name) ? optionsWithoutUse(name, asked) : [];
    if (unused !== undefined) {
      const taken = (REPORT_OPTIONS[name] ?? []).filter((option) => option !== 'budget').map((option) => `--${option}`);
      throw new InputError(
        'usage',
        `--${unused} does not change the report ${name}${taken.length > 0 ? `, which takes ${taken.join(', ')}` : ''}; leave it out`,
      );
    }
    const report = await makeReport(results, name, asked).catch((cause) => {
      throw inBudgetFlags(cause, options);
    });
    await writeTable(report.table, format, options.out, preface(report.title, report.table.meta, results.manifest), [
      ...(report.table.truncated
        ? [
            `${report.table.rows.length} of ${report.table.totalRows} rows shown; --limit ${report.table.totalRows} shows all.`,
          ]
        : []),
      ...report.notes,
    ]);
    // books that do not lead to what was attributed: a script has to notice
    if (report.table.meta.is_reconciled === false) process.exitCode = 7;
  } finally {
    results.close();
  }
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

function printReports(): void {
  const all = [...aboutReports(), { name: 'runs', about: 'the runs that were published' }];
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
