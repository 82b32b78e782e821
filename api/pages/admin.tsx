import { listAudit, verifyAuditChain } from '../../pipeline/control/audit.ts';
import { listJobs } from '../../pipeline/control/jobs.ts';
import { listKeys } from '../../pipeline/control/keys.ts';
import { listMembers } from '../../pipeline/control/members.ts';
import { listShareLinks } from '../../pipeline/control/share-links.ts';
import { countColumn, makeTable, textColumn } from '../../pipeline/views/make-table.ts';
import { FigureView } from './figure.tsx';
import { number } from './format.ts';
import { Mark } from './marks.tsx';
import { Members, membersFigure } from './member-forms.tsx';
import type { Figure, Page } from './page.ts';
import { ShareLinks, shareLinksFigure } from './share-forms.tsx';

const ID = 'admin';
const SHOWN = 100;

export const adminPage: Page = {
  id: ID,
  title: 'Admin',
  about: 'Members, share links, keys, work of the server, what was loaded, and who did what.',
  filters: [],
  scope: 'read:ops',
  isLive: true,
  async make(call) {
    const { control, workspace, session, now } = call;
    const may = (scope: string): boolean => session.scopes.includes(scope);
    const figures: Figure[] = [batchesFigure(call.results.manifest.inputs)];
    if (control === undefined)
      return {
        figures,
        body: (
          <>
            <p>This server has no control store: keys, jobs and audit are with the server that signs people in.</p>
            {figures.map((figure) => (
              <FigureView figure={figure} call={call} page={ID} />
            ))}
          </>
        ),
      };
    figures.unshift(jobsFigure(await listJobs(control.db, workspace, { limit: SHOWN })));
    const members = may('admin') ? await listMembers(control.db, workspace) : [];
    const chain = may('admin') ? await verifyAuditChain(control.db, workspace) : undefined;
    if (may('admin')) {
      figures.unshift(membersFigure(members));
      figures.unshift(shareLinksFigure(await listShareLinks(control.db, workspace), now));
      figures.unshift(keysFigure(await listKeys(control.db, workspace), now));
      figures.push(auditFigure(await listAudit(control.db, workspace, { limit: SHOWN }), chain!.rows));
    }
    return {
      figures,
      body: (
        <>
          {may('admin') ? null : <p>Keys and the audit log are shown to keys with the right admin.</p>}
          {chain === undefined ? null : (
            <p>
              <Mark state={chain.isIntact ? 'ok' : 'bad'} />{' '}
              {chain.isIntact
                ? `The audit log is whole: ${number(chain.rows)} ${chain.rows === 1 ? 'entry' : 'entries'}, each holding the hash of the one before.`
                : `The audit log was changed at entry ${number(chain.brokenAt ?? 0)}: ${chain.reason}.`}
            </p>
          )}
          {may('admin') ? <Members call={call} members={members} /> : null}
          {may('admin') ? await ShareLinks({ call }) : null}
          {figures.map((figure) => (
            <FigureView figure={figure} call={call} page={ID} />
          ))}
          <p>
            Keys are made and ended in the shell: <code>liftproof key create</code>, <code>liftproof key revoke</code>.
          </p>
        </>
      ),
    };
  },
};

function keysFigure(keys: Awaited<ReturnType<typeof listKeys>>, now: Date): Figure {
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

function jobsFigure(jobs: Awaited<ReturnType<typeof listJobs>>): Figure {
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

function batchesFigure(inputs: readonly { batch_id: string; source: string; kind: string; rows: number }[]): Figure {
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

function auditFigure(rows: Awaited<ReturnType<typeof listAudit>>, all: number): Figure {
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
