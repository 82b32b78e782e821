import { listAudit, verifyAuditChain } from '../../pipeline/control/audit.ts';
import { listJobs } from '../../pipeline/control/jobs.ts';
import { listKeys } from '../../pipeline/control/keys.ts';
import { listMembers } from '../../pipeline/control/members.ts';
import { listShareLinks } from '../../pipeline/control/share-links.ts';
import { auditFigure, batchesFigure, jobsFigure, keysFigure, loadsFigure, webhooksFigure } from './admin-figures.ts';
import { FigureView } from './figure.tsx';
import { number } from './format.ts';
import { Keys } from './key-forms.tsx';
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
    const figures: Figure[] = [batchesFigure(call.results.manifest.inputs), await loadsFigure(call.results)];
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
    const keys = may('admin') ? await listKeys(control.db, workspace) : [];
    const members = may('admin') ? await listMembers(control.db, workspace) : [];
    const chain = may('admin') ? await verifyAuditChain(control.db, workspace) : undefined;
    if (may('admin')) {
      figures.unshift(membersFigure(members));
      figures.unshift(shareLinksFigure(await listShareLinks(control.db, workspace), now));
      figures.unshift(keysFigure(keys, now));
      figures.push(await webhooksFigure(control.db, workspace));
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
          {may('admin') ? <Keys call={call} keys={keys} /> : null}
          {figures.map((figure) => (
            <FigureView figure={figure} call={call} page={ID} />
          ))}
        </>
      ),
    };
  },
};
