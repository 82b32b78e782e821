import { InputError } from '../../models/errors.ts';

/** What a key may do. Each route of the API needs exactly one of them. */
export const SCOPES = [
  'read:reports',
  'read:models',
  'write:reports',
  'write:ingest',
  'read:ops',
  'run:models',
  'finance:read',
  'finance:close',
  'privacy',
  'admin',
] as const;
export type Scope = (typeof SCOPES)[number];

/** Usual sets of scopes by whom they are for. A key has a role, and may have fewer scopes than it, never more. */
export const ROLES = {
  owner: SCOPES,
  admin: [
    'read:reports',
    'read:models',
    'write:reports',
    'write:ingest',
    'read:ops',
    'run:models',
    'finance:read',
    'admin',
  ],
  analyst: ['read:reports', 'read:models', 'write:reports', 'read:ops', 'run:models'],
  marketer: ['read:reports', 'read:models', 'write:reports'],
  finance: ['read:reports', 'read:models', 'write:reports', 'finance:read', 'finance:close'],
  client: ['read:reports'],
  ingest: ['write:ingest', 'read:ops'],
} as const satisfies Record<string, readonly Scope[]>;
export type Role = keyof typeof ROLES;
export const ROLE_NAMES = Object.keys(ROLES) as Role[];

/** Scopes that change something: keys with one of them live shorter. */
const WRITING: readonly Scope[] = ['write:reports', 'write:ingest', 'run:models', 'finance:close', 'privacy', 'admin'];

/** The scopes of a set that change nothing. */
export function readingOf(scopes: readonly string[]): string[] {
  return scopes.filter((scope) => !(WRITING as readonly string[]).includes(scope));
}

/** How long a key lives when nobody says otherwise. */
export function defaultKeyDays(scopes: readonly Scope[]): number {
  return scopes.some((scope) => WRITING.includes(scope)) ? 90 : 365;
}

/**
 * The scopes of a new key: those of its role, or the asked ones of them.
 *
 * @throws InputError `bad_parameter` for a scope that the role does not have
 */
export function scopesOf(role: Role, asked?: readonly Scope[]): Scope[] {
  const all: readonly Scope[] = ROLES[role];
  const beyond = (asked ?? []).filter((scope) => !all.includes(scope));
  if (beyond.length > 0)
    throw new InputError('bad_parameter', `${role} does not have ${beyond.join(', ')}; it has ${all.join(', ')}`);
  return asked === undefined || asked.length === 0 ? [...all] : [...new Set(asked)];
}
