import type { Context } from 'hono';
import { InputError } from '../../models/errors.ts';
import { appendAudit } from '../../pipeline/control/audit.ts';
import {
  createShareLink,
  hasEnded,
  listShareLinks,
  MAX_SHARE_DAYS,
  revokeShareLink,
  SHARED_REPORTS,
  type SharedReport,
  type ShareLink,
} from '../../pipeline/control/share-links.ts';
import { makeTable, textColumn } from '../../pipeline/views/make-table.ts';
import { shareAddress } from '../links.ts';
import { day } from './format.ts';
import { type FormCall, fieldsOf, traceOf } from './forms.ts';
import type { Figure, PageCall } from './page.ts';

const REPORT_WORDS: Readonly<Record<SharedReport, string>> = {
  answer: 'Did it sell?',
  channels: 'Credit by channel',
  campaigns: 'Credit by campaign',
};

/** The links that hold, each with its end, and a form for a new one. */
export async function ShareLinks({ call }: { call: PageCall }) {
  const { control, workspace, now, session } = call;
  if (control === undefined) return null;
  const links = (await listShareLinks(control.db, workspace)).filter((link) => !hasEnded(link, now));
  const mayChange = session.csrf !== null;
  return (
    <section class="box" id="sharing">
      <h2>Share links</h2>
      <p>
        A link opens one page to whoever has its address, without a key. Rows of few persons are summed there more
        strictly than here.
      </p>
      {links.length === 0 ? <p>No link is open now.</p> : null}
      <ul class="rows">
        {links.map((link) => (
          <li>
            <p>
              <a href={shareAddress(control.pepper, link)}>{link.name}</a>: {REPORT_WORDS[link.report]}, until{' '}
              {day(link.expiresAt.toISOString())}
              {link.lastUsedAt === null ? ', not opened yet' : `, last opened ${day(link.lastUsedAt.toISOString())}`}
            </p>
            {mayChange ? (
              <form method="post" action={`/w/${workspace}/share-links`}>
                <input type="hidden" name="csrf_token" value={session.csrf ?? ''} />
                <input type="hidden" name="step" value="revoke" />
                <input type="hidden" name="link" value={link.id} />
                <button type="submit" class="plain">
                  End<span class="hidden"> {link.name}</span>
                </button>
              </form>
            ) : null}
          </li>
        ))}
      </ul>
      {mayChange ? (
        <form method="post" action={`/w/${workspace}/share-links`} class="fields">
          <input type="hidden" name="csrf_token" value={session.csrf ?? ''} />
          <input type="hidden" name="step" value="create" />
          <label>
            Name of the page
            <input name="name" required maxlength={100} />
          </label>
          <label>
            Shows
            <select name="report">
              {SHARED_REPORTS.map((report) => (
                <option value={report}>{REPORT_WORDS[report]}</option>
              ))}
            </select>
          </label>
          <label>
            Days
            <input name="days" type="number" required min="1" max={String(MAX_SHARE_DAYS)} value="30" />
          </label>
          <button type="submit">Make a link</button>
        </form>
      ) : null}
    </section>
  );
}

export function shareLinksFigure(links: readonly ShareLink[], now: Date): Figure {
  const open = links.filter((link) => !hasEnded(link, now));
  return {
    id: 'share-links',
    title: 'All share links',
    summary:
      links.length === 0
        ? 'Nothing was shared yet.'
        : `${open.length} of ${links.length} share ${links.length === 1 ? 'link is' : 'links are'} open.`,
    table: makeTable(
      [
        textColumn('name', 'Name'),
        textColumn('report', 'Shows'),
        textColumn('state', 'State'),
        textColumn('created_by', 'Made by'),
        { id: 'created', label: 'Made', type: 'instant' },
        { id: 'expires', label: 'Ends', type: 'instant' },
        { id: 'used', label: 'Last opened', type: 'instant' },
      ],
      links.map((link) => ({
        name: link.name,
        report: link.report,
        state: link.revokedAt !== null ? 'revoked' : hasEnded(link, now) ? 'ended' : 'open',
        created_by: link.createdBy,
        created: link.createdAt.toISOString(),
        expires: link.expiresAt.toISOString(),
        used: link.lastUsedAt?.toISOString() ?? null,
      })),
    ),
    how: 'admin',
  };
}

/** Does what a form of share links asks. @throws InputError */
export async function takeShareStep(c: Context, call: FormCall): Promise<undefined> {
  const { control, workspace, now } = call;
  const field = await fieldsOf(c);
  const traced = traceOf(c, call);
  const step = field('step');
  if (step === 'create') {
    const report = SHARED_REPORTS.find((one) => one === field('report'));
    if (report === undefined) throw new InputError('usage', 'the form does not say what the page shows');
    const settings = { workspace, name: field('name').trim(), report, days: Number(field('days')), now };
    await control.db.transaction(async (transaction) => {
      const link = await createShareLink(transaction, { ...settings, createdBy: traced.actor });
      const details = { report, expires_at: link.expiresAt.toISOString() };
      await appendAudit(transaction, {
        ...traced,
        action: 'share_link.create',
        object: `share-link/${link.id}`,
        details,
      });
    });
  } else if (step === 'revoke') {
    await control.db.transaction(async (transaction) => {
      const link = await revokeShareLink(transaction, workspace, field('link'), now);
      await appendAudit(transaction, { ...traced, action: 'share_link.revoke', object: `share-link/${link.id}` });
    });
  } else throw new InputError('usage', 'the form does not say what to do with the link');
  return undefined;
}
