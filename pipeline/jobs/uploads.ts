import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../models/errors.ts';
import { fullDisk } from '../full-disk.ts';
import { syncFolder } from '../land.ts';
import { nearest } from '../nearest.ts';
import { STREAM_NAMES } from '../streams.ts';

/** What an upload may be called, and the kind of plain file that it is then. `auto` is recognised by its content. */
export const UPLOAD_STREAMS: Readonly<Record<string, string | undefined>> = {
  auto: undefined,
  ...Object.fromEntries(STREAM_NAMES.map((stream) => [stream, `plain_${stream}`])),
  refunds: 'plain_refund',
  touches: 'plain_touch',
  engagements: 'plain_engagement_event',
  metrics: 'plain_metric_observation',
  spend: 'plain_spend_daily',
  costs: 'plain_cost',
  fx: 'plain_fx_rate',
  ledger: 'plain_ledger_entry',
};

export interface Upload {
  path: string;
  /** SHA-256 of the bytes */
  batchId: string;
}

/**
 * Keeps the bytes of an upload in the home folder of the server, for good, until a job has landed them.
 *
 * @param prefix  of the file's name, in place of the hash, which would tell what short bytes are
 */
export function keepUpload(home: string, bytes: Uint8Array, prefix?: string): Upload {
  const folder = join(home, 'uploads');
  const batchId = createHash('sha256').update(bytes).digest('hex');
  const temporary = join(folder, `.${randomBytes(8).toString('hex')}`);
  // each upload has a file of its own: two of the same bytes are two jobs
  const path = join(folder, `${prefix ?? batchId}-${randomBytes(8).toString('hex')}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(temporary, bytes, { mode: 0o600, flush: true });
    renameSync(temporary, path);
    syncFolder(folder);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw fullDisk(cause, folder);
  }
  return { path, batchId };
}

/** @throws InputError `not_found` for a stream that there is not */
export function kindOfUpload(stream: string): string | undefined {
  if (Object.hasOwn(UPLOAD_STREAMS, stream)) return UPLOAD_STREAMS[stream];
  const names = Object.keys(UPLOAD_STREAMS);
  const close = nearest(stream.slice(0, 64), names);
  throw new InputError(
    'not_found',
    `there is no such stream; ${close ? `did you mean ${close}?` : `known are ${names.join(', ')}`}`,
    {
      details: { what: 'stream' },
    },
  );
}

/** Removes files of the home folder that nobody came for. */
export function dropOldFiles(folder: string, before: Date): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return;
  }
  for (const name of names) {
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat !== undefined && stat.mtime < before) rmSync(path, { force: true });
  }
}
