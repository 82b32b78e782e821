import { userInfo } from 'node:os';
import { InputError } from '../models/errors.ts';
import { type AuditEntry, appendAudit } from '../pipeline/control/audit.ts';
import {
  type ApiKey,
  createKey,
  EVERY_WORKSPACE,
  listKeys,
  type NewKey,
  revokeKey,
  rotateKey,
} from '../pipeline/control/keys.ts';
import { type Control, openControl } from '../pipeline/control/open-control.ts';
import { ROLE_NAMES, type Role, SCOPES, type Scope } from '../pipeline/control/roles.ts';
import { findWorkspace } from '../pipeline/workspace.ts';
import { type GlobalOptions, print, printJson, say } from './terminal.ts';

export interface KeyCommandOptions extends GlobalOptions {
  home?: string;
  name?: string;
  role?: string;
  scope?: string;
  /** days such as `30d` */
  expires?: string;
  ip?: string;
  /** keys that open every workspace of a server */
  everyWorkspace?: boolean;
}

export async function keyCreateCommand(options: KeyCommandOptions): Promise<void> {
  const settings = {
    name: options.name ?? 'shell',
    role: roleOf(options.role),
    scopes: listOf(options.scope).map(scopeOf),
    days: daysOf(options.expires),
    allowedIps: listOf(options.ip),
  };
  await withControl(options, async ({ db, pepper }, workspace, now) => {
    const made = await db.transaction(async (transaction) => {
      const key = await createKey(transaction, pepper, workspace, settings, now);
      await appendAudit(transaction, traced(workspace, now, 'key.create', key.key.id, { role: settings.role }));
      return key;
    });
    printNew(options, made);
  });
}

export async function keyListCommand(options: KeyCommandOptions): Promise<void> {
  await withControl(options, async ({ db }, workspace, now) => {
    const keys = await listKeys(db, workspace);
    if (options.json) return printJson({ schema_version: 1, keys: keys.map((key) => shownKey(key, now)) });
    if (keys.length === 0) say(options, 'no keys; make one with "liftproof key create"');
    for (const key of keys) {
      const { state, expires_at, last_used_at } = shownKey(key, now);
      const used = last_used_at === null ? 'never used' : `used ${last_used_at}`;
      print(`${key.id}  ${state.padEnd(7)}  ${key.role.padEnd(8)}  until ${expires_at}  ${used}  ${key.name}`);
    }
  });
}

export async function keyRotateCommand(id: string, options: KeyCommandOptions): Promise<void> {
  await withControl(options, async ({ db, pepper }, workspace, now) => {
    const made = await db.transaction(async (transaction) => {
      const key = await rotateKey(transaction, pepper, workspace, id, now);
      await appendAudit(transaction, traced(workspace, now, 'key.rotate', id, { replaced_by: key.key.id }));
      return key;
    });
    printNew(options, made);
    say(options, `${id} holds for another 24 hours at most`);
  });
}

export async function keyRevokeCommand(id: string, options: KeyCommandOptions): Promise<void> {
  await withControl(options, async ({ db }, workspace, now) => {
    const key = await db.transaction(async (transaction) => {
      const ended = await revokeKey(transaction, workspace, id, now);
      await appendAudit(transaction, traced(workspace, now, 'key.revoke', id));
      return ended;
    });
    if (options.json) printJson({ schema_version: 1, key: shownKey(key, now) });
    else say(options, `${id} is revoked; servers refuse it within a second`);
  });
}

/** A key as JSON shows it. */
function shownKey(key: ApiKey, now: Date) {
  const state = key.revokedAt !== null ? 'revoked' : key.expiresAt <= now ? 'expired' : 'active';
  return {
    id: key.id,
    name: key.name,
    role: key.role,
    scopes: key.scopes,
    allowed_ips: key.allowedIps,
    state,
    created_at: key.createdAt.toISOString(),
    expires_at: key.expiresAt.toISOString(),
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    replaced_by: key.replacedBy,
  };
}

function printNew(options: KeyCommandOptions, { token, key }: NewKey): void {
  if (options.json) {
    printJson({ schema_version: 1, token, key: shownKey(key, key.createdAt) });
    return;
  }
  say(options, `${key.role} key ${key.id}, valid until ${key.expiresAt.toISOString().slice(0, 10)}; shown only now:`);
  print(token);
}

async function withControl(
  options: KeyCommandOptions,
  work: (control: Control, workspace: string, now: Date) => Promise<void>,
): Promise<void> {
  const workspace = findWorkspace(options.workspace);
  const control = await openControl({ workspace: workspace.directory, home: options.home });
  try {
    await work(control, options.everyWorkspace ? EVERY_WORKSPACE : workspace.config.workspace, new Date());
  } finally {
    await control.close();
  }
}

function traced(workspace: string, at: Date, action: string, id: string, details?: AuditEntry['details']): AuditEntry {
  return { workspace, at, actor: `shell:${userInfo().username}`, action, object: `key/${id}`, details };
}

function roleOf(text = 'client'): Role {
  const known = ROLE_NAMES.find((role) => role === text);
  if (known === undefined) throw new InputError('usage', `--role is ${text}; expected ${ROLE_NAMES.join(', ')}`);
  return known;
}

function scopeOf(text: string): Scope {
  const known = SCOPES.find((scope) => scope === text);
  if (known === undefined) throw new InputError('usage', `--scope has ${text}; expected ${SCOPES.join(', ')}`);
  return known;
}

function daysOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const days = Number(/^(\d{1,4})d?$/.exec(text)?.[1]);
  if (!(days > 0)) throw new InputError('usage', `--expires is ${text}; expected days such as 30d`);
  return days;
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
