import { basename } from 'node:path';
import { InputError } from '../models/errors.ts';
import { type IngestOptions, ingest, type Receipt } from '../pipeline/ingest.ts';
import { SOURCE_KINDS } from '../pipeline/sources/registry.ts';
import { exitCodeOf } from './exit-codes.ts';
import { watchAndLoad } from './ingest-watch.ts';
import { type GlobalOptions, nextCommand, print, printJson, progressLine, say } from './terminal.ts';
import { withWorkspace } from './with-workspace.ts';

interface IngestCommandOptions extends GlobalOptions {
  as?: string;
  source?: string;
  exportedAt?: string;
  onError?: string;
  dryRun?: boolean;
  kinds?: boolean;
  watch?: boolean;
  shop?: string;
  account?: string;
  timeZone?: string;
  currency?: string;
  decimalMark?: string;
  dateOrder?: string;
  year?: string;
  consent?: string;
  orders?: string;
  actionType?: string;
  period?: string;
}

/** Lands and loads files; each gets a receipt. One that is refused does not stop the others, but the exit code tells. */
export async function ingestCommand(files: readonly string[], options: IngestCommandOptions): Promise<void> {
  if (options.kinds) return printKinds(options);
  if (files.length === 0) throw new InputError('usage', 'no file given; name files, or - for standard input');
  const settings = ingestOptions(options);
  if (options.watch) return watchAndLoad(files, options, (file) => loadOne(file, settings, options));
  const receipts: Receipt[] = [];
  const refused: { file: string; code: string; message: string }[] = [];
  let failure: unknown;
  const progress = progressLine(options);
  await withWorkspace(options.workspace, async (workspace, signal) => {
    for (const file of files) {
      signal.throwIfAborted();
      try {
        const receipt = await ingest(workspace, file === '-' ? process.stdin : file, {
          ...settings,
          name: file === '-' ? 'standard input' : basename(file),
          progress: progress.tell,
          signal,
        });
        receipts.push(receipt);
        progress.end();
        if (!options.json) print(receiptText(receipt));
      } catch (cause) {
        progress.end();
        // a full disk or Ctrl-C stops the other files too
        if (signal.aborted || !(cause instanceof InputError) || cause.code === 'disk_full') throw cause;
        failure = cause;
        refused.push({ file, code: cause.code, message: cause.message });
        if (!options.json) say({}, `refused: ${cause.message}`);
      }
    }
  });
  if (options.json) printJson({ schema_version: 1, receipts, refused });
  else if (receipts.length > 0 && !options.dryRun) say(options, nextCommand(options, 'run'));
  if (failure !== undefined) process.exitCode = receipts.length > 0 ? 8 : exitCodeOf(failure);
}

/** A file that came into a watched folder; its receipt is a line of JSON where that is wanted. */
async function loadOne(file: string, settings: IngestOptions, options: IngestCommandOptions): Promise<void> {
  const receipt = await withWorkspace(options.workspace, (workspace, signal) =>
    ingest(workspace, file, { ...settings, name: basename(file), signal }),
  );
  print(options.json ? JSON.stringify({ schema_version: 1, receipt }) : receiptText(receipt));
}

function ingestOptions(options: IngestCommandOptions): IngestOptions {
  if (options.onError !== undefined && options.onError !== 'quarantine' && options.onError !== 'abort') {
    throw new InputError('usage', `--on-error is ${options.onError}; expected quarantine or abort`);
  }
  if (options.exportedAt !== undefined && Number.isNaN(Date.parse(options.exportedAt))) {
    throw new InputError(
      'usage',
      `--exported-at is ${options.exportedAt}; expected an instant such as 2026-03-01T08:00:00Z`,
    );
  }
  const given = {
    shop: options.shop,
    account: options.account,
    time_zone: options.timeZone,
    currency: options.currency,
    decimal_mark: options.decimalMark,
    date_order: options.dateOrder,
    year: options.year,
    consent: options.consent,
    orders: options.orders,
    action_type: options.actionType,
    period: options.period,
  };
  return {
    as: options.as,
    source: options.source,
    exportedAt: options.exportedAt === undefined ? undefined : new Date(options.exportedAt).toISOString(),
    dryRun: options.dryRun,
    onError: options.onError as IngestOptions['onError'],
    options: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}

/** What became of a file, in a few lines. */
function receiptText(receipt: Receipt): string {
  const { read, accepted, duplicate, unchanged, rejected } = receipt;
  const lines = [`${receipt.file}: ${receipt.kind}, source ${receipt.source}`, `  ${receipt.because}`];
  if (receipt.state === 'already_loaded')
    return [...lines, '  nothing to do', ...receipt.notes.map((note) => `  note: ${note}`)].join('\n');
  lines.push(
    `  read ${read} = accepted ${accepted} + duplicate ${duplicate} + unchanged ${unchanged} + rejected ${rejected}${receipt.state === 'dry_run' ? '  (dry run: nothing was loaded)' : ''}`,
  );
  const streams = Object.entries(receipt.streams).filter(([, rows]) => rows > 0);
  if (streams.length > 0) lines.push(`  ${streams.map(([stream, rows]) => `${stream} ${rows}`).join(', ')}`);
  for (const note of receipt.notes) lines.push(`  note: ${note}`);
  for (const reject of receipt.rejects.slice(0, 3))
    lines.push(
      `  rejected line ${reject.line}, ${reject.column}: ${reject.reason}${reject.shape ? ` (looks like ${reject.shape})` : ''}`,
    );
  if (rejected > 3) lines.push('  all rejects: liftproof check');
  return lines.join('\n');
}

function printKinds(options: GlobalOptions): void {
  if (options.json) {
    printJson({
      schema_version: 1,
      kinds: SOURCE_KINDS.map(({ kind, title, platform, streams, needs }) => ({
        kind,
        title,
        platform,
        streams,
        needs: needs ?? [],
      })),
    });
    return;
  }
  const width = Math.max(...SOURCE_KINDS.map((kind) => kind.kind.length));
  for (const kind of SOURCE_KINDS)
    print(`${kind.kind.padEnd(width)}  ${kind.title}${kind.needs?.length ? `  (needs ${kind.needs.join(', ')})` : ''}`);
}
