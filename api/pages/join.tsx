import type { Context, Hono } from 'hono';
import type { Child } from 'hono/jsx';
import { appendAudit } from '../../pipeline/control/audit.ts';
import { actorOfKey } from '../../pipeline/control/keys.ts';
import { findInvited, joinWorkspace } from '../../pipeline/control/members.ts';
import type { Control } from '../../pipeline/control/open-control.ts';
import type { RateLimiter } from '../rate-limit.ts';
import { addressOf } from '../request.ts';
import { day } from './format.ts';
import { Document } from './frame.tsx';
import { html } from './respond.ts';

export interface JoinOptions {
  isServed(workspace: string): boolean;
  control: Control;
  now: () => Date;
  /** spent by address, for invitations that are none */
  failures: RateLimiter;
  forgetKey?: (id: string) => void;
}

const NO_STORE = { 'cache-control': 'no-store' };

// biome-ignore lint/suspicious/noExplicitAny: the app brings its own types of variables
type AnyHono = Hono<any, any, any>;

/** Where an invitation is taken up: looking at it changes nothing, the button makes a member and a key, which is shown once. */
export function mountJoin(app: AnyHono, options: JoinOptions): void {
  const { control, now } = options;
  const unknown = (c: Context): Promise<Response> => {
    options.failures.take(addressOf(c) ?? 'unknown', 1);
    return html(
      c,
      404,
      <Small title="This invitation does not hold">
        <p>It may have ended, been taken up, or been replaced by a newer one. Ask whoever invited you for another.</p>
      </Small>,
      NO_STORE,
    );
  };

  app.get('/join/:workspace/:token', async (c) => {
    const { workspace, token } = c.req.param();
    const invited = options.isServed(workspace)
      ? await findInvited(control.db, control.pepper, workspace, token, now())
      : undefined;
    if (invited === undefined) return unknown(c);
    return html(
      c,
      200,
      <Small title={`Join ${workspace}`}>
        <p>
          {invited.name}, you are invited as <b>{invited.role}</b> ({invited.email}).
          {invited.joinedAt === null ? '' : ' The key that you have now ends.'}
        </p>
        <form method="post" action={c.req.path}>
          <button type="submit">Join and show my key</button>
        </form>
        <p class="note">
          The key is yours alone: what is done with it is done under your name. It is shown once. The invitation holds
          until {day(invited.invitationExpiresAt!.toISOString())}.
        </p>
      </Small>,
      NO_STORE,
    );
  });

  app.post('/join/:workspace/:token', async (c) => {
    const { workspace, token } = c.req.param();
    if (!options.isServed(workspace)) return unknown(c);
    const joined = await control.db.transaction(async (transaction) => {
      const one = await joinWorkspace(transaction, control.pepper, workspace, token, now());
      if (one === undefined) return undefined;
      await appendAudit(transaction, {
        workspace,
        at: now(),
        actor: actorOfKey(one.key.key),
        keyId: one.key.key.id,
        ip: addressOf(c),
        requestId: String(c.get('requestId')),
        action: 'member.join',
        object: `member/${one.member.id}`,
        details: { key: one.key.key.id, ended: one.ended },
      });
      return one;
    });
    if (joined === undefined) return unknown(c);
    for (const id of joined.ended) options.forgetKey?.(id);
    const { token: key, key: about } = joined.key;
    return html(
      c,
      200,
      <Small title={`Welcome to ${workspace}`}>
        <p>
          This is your key. Keep it where you keep passwords: it is shown now and never again, and holds until{' '}
          {day(about.expiresAt.toISOString())}.
        </p>
        <pre class="once">
          <code>{key}</code>
        </pre>
        <form method="post" action="/sign-in">
          <input type="hidden" name="key" value={key} />
          <input type="hidden" name="next" value={`/w/${workspace}/`} />
          <button type="submit">I have kept it; sign me in</button>
        </form>
      </Small>,
      NO_STORE,
    );
  });
}

function Small({ title, children }: { title: string; children?: Child }) {
  return (
    <Document title={title}>
      <main class="sign">
        <h1>{title}</h1>
        {children}
      </main>
    </Document>
  );
}
