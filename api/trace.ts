import { type AuditEntry, appendAudit } from '../pipeline/control/audit.ts';
import { actorOfKey } from '../pipeline/control/keys.ts';
import type { ControlDatabase } from '../pipeline/control/store.ts';
import { type Call, callerOf } from './route.ts';

/** Writes into the audit chain what a caller did. */
export async function trace(
  db: ControlDatabase,
  call: Call,
  what: Pick<AuditEntry, 'action' | 'object' | 'details' | 'beforeHash' | 'afterHash'>,
): Promise<void> {
  const caller = callerOf(call);
  await appendAudit(db, {
    workspace: call.workspace,
    at: call.now(),
    actor: actorOf(call),
    keyId: caller.id,
    ip: call.ip,
    requestId: call.requestId,
    ...what,
  });
}

/** Who asks, as jobs and the audit chain name him. */
export function actorOf(call: Call): string {
  return actorOfKey(callerOf(call));
}
