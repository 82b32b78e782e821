import type { listAudit } from '../../pipeline/control/audit.ts';
import type { listJobs } from '../../pipeline/control/jobs.ts';
import type { listKeys } from '../../pipeline/control/keys.ts';
import type { ControlDatabase } from '../../pipeline/control/store.ts';
import { type Delivery, listDeliveries, listWebhooks, type Webhook } from '../../pipeline/control/webhooks.ts';
import type { Results } from '../../pipeline/results.ts';
import { countColumn, hasTable, makeTable, textColumn } from '../../pipeline/views/make-table.ts';
import { listed, number } from './format.ts';
import type { Figure } from './page.ts';

export function keysFigure(keys: Awaited<ReturnType<typeof listKeys>>, now: Date): Figure {
  const alive = keys.filter((key) => key.revokedAt === null && key.expiresAt > now);
  const soon = alive.filter((key) => key.expiresAt.getTime() - now.getTime() < 14 * 86_400_000);
  return {
    id: 'keys',
    title: 'Keys',
    summary: `${alive.length} of ${keys.length} keys are valid${soon.length === 0 ? '' : `; ${soon.length} ${soon.length === 1 ? 'ends' : 'end'} within two weeks`}. A key itself is shown once, when it is made.`,
    table: makeTable(
      [
        textColumn('id', 'Id'),
        textColumn('name', 'Name'),
        textColumn('role', 'Role'),
        textColumn('state', 'State'),
        { id: 'created', label: 'Made', type: 'instant' },
        { id: 'expires', label: 'Ends', type: 'instant' },
        { id: 'used', label: 'Last used', type: 'instant' },
      ],
      keys.map((key) => ({
        id: key.id,
        name: key.name,
        role: key.role,
        state: key.revokedAt !== null ? 'revoked' : key.expiresAt <= now ? 'ended' : 'valid',
        created: key.createdAt.toISOString(),
        expires: key.expiresAt.toISOString(),
        used: key.lastUsedAt?.toISOString() ?? null,
      })),
    ),
    how: 'admin',
  };
}

export function jobsFigure(jobs: Awaited<ReturnType<typeof listJobs>>): Figure {
  const failed = jobs.filter((job) => job.state === 'failed');
  return {
    id: 'jobs',
    title: 'Work of the server',
    summary:
      jobs.length === 0
        ? 'The server was asked for no run, upload or export yet.'
        : `The last ${jobs.length} pieces of work; ${failed.length === 0 ? 'none failed' : `${failed.length} failed`}.`,
    table: makeTable(
      [
        textColumn('id', 'Id'),
        textColumn('kind', 'Kind'),
        textColumn('state', 'State'),
        textColumn('progress', 'Progress'),
        textColumn('actor', 'Asked by'),
        { id: 'created', label: 'Asked', type: 'instant' },
        { id: 'ended', label: 'Ended', type: 'instant' },
        textColumn('message', 'What went wrong'),
      ],
      jobs.map((job) => ({
        id: job.id,
        kind: job.kind,
        state: job.state,
        progress: job.progress,
        actor: job.actor,
        created: job.createdAt.toISOString(),
        ended: job.endedAt?.toISOString() ?? null,
        message: (job.error as { message?: string } | null)?.message ?? null,
      })),
    ),
    how: 'admin',
  };
}

export function batchesFigure(
  inputs: readonly { batch_id: string; source: string; kind: string; rows: number }[],
): Figure {
  return {
    id: 'batches',
    title: 'Files that this run was made from',
    summary: `${number(inputs.length)} files with ${number(inputs.reduce((sum, input) => sum + input.rows, 0))} rows.`,
    table: makeTable(
      [
        textColumn('source', 'Source'),
        textColumn('kind', 'Kind'),
        countColumn('rows', 'Rows'),
        textColumn('batch_id', 'SHA-256 of the file'),
      ],
      [...inputs].sort((a, b) => (a.source < b.source ? -1 : a.source > b.source ? 1 : 0)),
    ),
    how: 'admin',
  };
}

export function auditFigure(rows: Awaited<ReturnType<typeof listAudit>>, all: number): Figure {
  return {
    id: 'audit',
    title: 'Who did what',
    summary: `The newest ${rows.length} of ${number(all)} entries of the audit log.`,
    table: makeTable(
      [
        countColumn('seq', 'No.'),
        { id: 'at', label: 'When', type: 'instant' },
        textColumn('actor', 'Who'),
        textColumn('action', 'Did'),
        textColumn('object', 'To what'),
        textColumn('ip', 'From'),
      ],
      rows.map((row) => ({ ...row, at: row.at.toISOString() })),
    ),
    how: 'admin',
  };
}

/** What was loaded from each source, and how much of it could not be read. */
export async function loadsFigure(results: Results): Promise<Figure> {
  const rows = hasTable(results, 'freshness')
    ? await results.rows<Record<string, string | null>>(
        'select source_id, kind, files, rows_read, rows_duplicate, rows_rejected from freshness order by rows_rejected desc, source_id, kind',
      )
    : [];
  const rejected = rows.filter((row) => Number(row.rows_rejected) > 0);
  return {
    id: 'loads',
    title: 'Rows that could not be read',
    summary:
      rejected.length === 0
        ? 'No row of any source was rejected.'
        : `${number(rejected.reduce((sum, row) => sum + Number(row.rows_rejected), 0))} rows were rejected, of ${listed(rejected.slice(0, 5).map((row) => row.source_id!))}; the receipt of each load names line, column and reason.`,
    table: makeTable(
      [
        textColumn('source_id', 'Source'),
        textColumn('kind', 'Kind'),
        countColumn('files', 'Files'),
        countColumn('rows_read', 'Rows read'),
        countColumn('rows_duplicate', 'Exact repeats'),
        countColumn('rows_rejected', 'Rejected'),
      ],
      rows,
    ),
    how: 'admin',
  };
}

/** Who is told of what, and whether it arrived. */
export async function webhooksFigure(db: ControlDatabase, workspace: string): Promise<Figure> {
  const webhooks = await listWebhooks(db, workspace);
  const last = await Promise.all(webhooks.map(async (one) => (await listDeliveries(db, one.id, 1))[0]));
  const failed = last.filter((one) => one?.state === 'failed').length;
  const row = (one: Webhook, message: Delivery | undefined) => ({
    // the path of an address may hold a secret of the receiver
    host: new URL(one.url).host,
    events: one.events.join(', '),
    state: one.isEnabled ? 'on' : 'off',
    event: message?.event ?? null,
    delivery: message?.state ?? null,
    status: message?.lastStatus ?? null,
    at: message?.createdAt.toISOString() ?? null,
  });
  return {
    id: 'webhooks',
    title: 'Webhooks',
    summary:
      webhooks.length === 0
        ? 'Nobody is told of anything yet; POST /webhooks makes one.'
        : `${webhooks.length} ${webhooks.length === 1 ? 'address is' : 'addresses are'} told${failed === 0 ? '' : `; the last message to ${failed} of them did not arrive`}.`,
    table: makeTable(
      [
        textColumn('host', 'Told'),
        textColumn('events', 'Of'),
        textColumn('state', 'State'),
        textColumn('event', 'Last message'),
        textColumn('delivery', 'Became of it'),
        countColumn('status', 'Answer'),
        { id: 'at', label: 'Sent', type: 'instant' },
      ],
      webhooks.map((one, i) => row(one, last[i])),
    ),
    how: 'admin',
  };
}
