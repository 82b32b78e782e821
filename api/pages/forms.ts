import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { AuditEntry } from '../../pipeline/control/audit.ts';
import type { JobQueue } from '../../pipeline/control/job-queue.ts';
import type { Control } from '../../pipeline/control/open-control.ts';
import { addressOf } from '../request.ts';
import type { PageSession } from './access.ts';

/** What a form of a page is answered with. */
export interface FormCall {
  workspace: string;
  control: Control;
  session: PageSession;
  now: Date;
  /** makes a change of a key hold at once */
  forgetKey?: (id: string) => void;
  jobs?: JobQueue;
}

/** What a form is answered with once, instead of going back to its page. */
export interface Shown {
  title: string;
  about: string;
  body: Child;
}

/** Fields of a posted form; empty text for one that is not there. */
export async function fieldsOf(c: Context): Promise<(name: string) => string> {
  const form = await c.req.parseBody();
  return (name) => {
    const value = form[name];
    return typeof value === 'string' ? value : '';
  };
}

/** Who did it, from where, for the audit chain. */
export function traceOf(c: Context, { workspace, session, now }: FormCall): Omit<AuditEntry, 'action' | 'object'> {
  return {
    workspace,
    at: now,
    actor: session.actor,
    keyId: session.id ?? undefined,
    ip: addressOf(c),
    requestId: String(c.get('requestId')),
  };
}
