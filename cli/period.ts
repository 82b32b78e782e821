import { userInfo } from 'node:os';
import { InputError } from '../models/errors.ts';
import { type Control, openControl } from '../pipeline/control/open-control.ts';
import type { Trace } from '../pipeline/finance/period-store.ts';
import { closePeriod, listPeriods, lockPeriod, reopenPeriod } from '../pipeline/finance/periods.ts';
import { REASON_CODES, type ReasonCode } from '../pipeline/finance/restate.ts';
import { shellTrace } from '../pipeline/finance/who-acts.ts';
import { openResults, type Results } from '../pipeline/results.ts';
import { findWorkspace } from '../pipeline/workspace.ts';
import { type GlobalOptions, nextCommand, print, printJson, say } from './terminal.ts';

export interface PeriodCommandOptions extends GlobalOptions {
  home?: string;
  run?: string;
  basis?: string;
  reason?: string;
  reasonCode?: string;
  approve?: boolean;
  /** who does it; the user of the shell, or whose key is in LIFTPROOF_KEY, when absent */
  by?: string;
}

export async function periodListCommand(options: PeriodCommandOptions): Promise<void> {
  await withFinance(options, async ({ db }, results, trace) => {
    const periods = await listPeriods(db, trace.workspace, results);
    if (options.json) return printJson({ schema_version: 1, periods });
    for (const one of periods) {
      const notes = [
        one.version > 0 ? `version ${one.version} of ${one.runId}` : '',
        one.reopenRequestedBy !== null && one.state === 'locked'
          ? `${one.reopenRequestedBy} asks to reopen it: ${one.reopenReason}`
          : '',
        one.changed_since_close ? 'CHANGED since it was closed' : '',
      ].filter((note) => note !== '');
      print(
        `${one.period}  ${one.period_start} to ${one.period_end}  ${one.state.padEnd(11)}  ${notes.join('; ')}`.trimEnd(),
      );
    }
  });
}

export async function periodCloseCommand(period: string, options: PeriodCommandOptions): Promise<void> {
  await withFinance(options, async ({ db }, results, trace) => {
    const record = await closePeriod(db, trace, results, period);
    tell(
      options,
      record,
      `${period} is closed: changes are warned about. ${nextCommand(options, `period lock ${period}`)}`,
    );
  });
}

export async function periodLockCommand(period: string, options: PeriodCommandOptions): Promise<void> {
  const basis = basisOf(options.basis);
  const reasonCode = reasonCodeOf(options.reasonCode);
  await withFinance(options, async ({ db }, results, trace) => {
    const { record, pack } = await lockPeriod(db, trace, results, period, { basis, reasonCode });
    const files = pack.manifest.files.map((file) => `  ${file.sha256}  ${file.name}`).join('\n');
    tell(
      options,
      { ...record, files: pack.manifest.files },
      `${period} is locked: version ${record.version}, ${record.runId}. An export gives these files, byte for byte:\n${files}\n${nextCommand(options, `export roi --period ${period} --out finance`)}`,
    );
  });
}

export async function periodReopenCommand(period: string, options: PeriodCommandOptions): Promise<void> {
  if (options.approve !== true && options.reason === undefined)
    throw new InputError('usage', `reopening ${period} wants --reason, and then --approve by a second person`);
  await withFinance(options, async ({ db }, results, trace) => {
    const wish = options.approve === true ? ({ approve: true } as const) : { reason: options.reason! };
    const record = await reopenPeriod(db, trace, results, period, wish);
    tell(
      options,
      record,
      record.state === 'reopened'
        ? `${period} is reopened; what it reports next is version ${record.version + 1}`
        : `${trace.actor} asks to reopen ${period}. Next, by somebody else: liftproof period reopen ${period} --approve`,
    );
  });
}

function tell(options: PeriodCommandOptions, record: object, words: string): void {
  if (options.json) printJson({ schema_version: 1, period: record });
  else say(options, words);
}

async function withFinance(
  options: PeriodCommandOptions,
  work: (control: Control, results: Results, trace: Trace) => Promise<void>,
): Promise<void> {
  const workspace = findWorkspace(options.workspace);
  const results = await openResults(workspace.paths, options.run);
  try {
    const control = await openControl({ workspace: workspace.directory, home: options.home });
    try {
      const claim = { user: userInfo().username, by: options.by, key: process.env.LIFTPROOF_KEY };
      await work(control, results, await shellTrace(control, workspace.config.workspace, claim, new Date()));
    } finally {
      await control.close();
    }
  } finally {
    results.close();
  }
}

export function basisOf(text: string | undefined): 'order_date' | 'event_date' | undefined {
  if (text === undefined || text === 'order_date' || text === 'event_date') return text;
  throw new InputError('usage', `--basis is ${text}; expected order_date or event_date`);
}

function reasonCodeOf(text: string | undefined): ReasonCode | undefined {
  if (text === undefined) return undefined;
  const known = REASON_CODES.find((code) => code === text);
  if (known === undefined)
    throw new InputError('usage', `--reason-code is ${text}; expected ${REASON_CODES.join(', ')}`);
  return known;
}
