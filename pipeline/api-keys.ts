import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError } from '../models/errors.ts';
import type { WorkspacePaths } from './workspace.ts';

export const SCOPES = ['read:reports'] as const;
export type Scope = (typeof SCOPES)[number];

/** A key as it is kept: never its secret. */
export interface ApiKey {
  id: string;
  name: string;
  scopes: Scope[];
  /** HMAC-SHA-256 of the whole key with the pepper, hex */
  hash: string;
  created_at: string;
  expires_at: string;
}

export interface NewKey {
  /** shown once, kept nowhere */
  token: string;
  key: ApiKey;
}

/** `lp_live_<8 id>_<43 secret>`: the prefix serves leak scanners, the id finds the row. */
const TOKEN = /^lp_live_([A-Za-z0-9]{8})_[A-Za-z0-9_-]{43}$/;
const ID_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Makes a key and keeps its hash. Keys that have expired are dropped. */
export function createApiKey(
  paths: WorkspacePaths,
  options: { name: string; scopes: readonly Scope[]; days: number; now: Date },
): NewKey {
  const id = Array.from({ length: 8 }, () => ID_LETTERS[randomInt(ID_LETTERS.length)]).join('');
  const token = `lp_live_${id}_${randomBytes(32).toString('base64url')}`;
  const key: ApiKey = {
    id,
    name: options.name,
    scopes: [...options.scopes],
    hash: hashOf(token, pepperOf(paths)).toString('hex'),
    created_at: options.now.toISOString(),
    expires_at: new Date(options.now.getTime() + options.days * 86_400_000).toISOString(),
  };
  const kept = readApiKeys(paths).filter((old) => old.expires_at > options.now.toISOString());
  writeApiKeys(paths, [...kept, key]);
  return { token, key };
}

export function readApiKeys(paths: WorkspacePaths): ApiKey[] {
  const { keys } = files(paths);
  return existsSync(keys) ? (JSON.parse(readPrivate(keys)) as { keys: ApiKey[] }).keys : [];
}

/** Drops every key, or those of one name. @returns how many there were */
export function revokeApiKeys(paths: WorkspacePaths, name?: string): number {
  const all = readApiKeys(paths);
  const kept = all.filter((key) => name !== undefined && key.name !== name);
  if (kept.length < all.length) writeApiKeys(paths, kept);
  return all.length - kept.length;
}

/** Says whose token it is; undefined for one that is unknown, expired or malformed. */
export type KeyChecker = (token: string, now: Date) => ApiKey | undefined;

/** A checker that sees a key made or revoked by another process at its next question. */
export function apiKeyChecker(paths: WorkspacePaths): KeyChecker {
  const { keys } = files(paths);
  const pepper = pepperOf(paths);
  let stamp = '';
  let known = new Map<string, ApiKey>();
  return (token, now) => {
    const stat = statSync(keys, { bigint: true, throwIfNoEntry: false });
    const fresh = stat === undefined ? 'none' : `${stat.ino}:${stat.mtimeNs}:${stat.size}`;
    if (fresh !== stamp) {
      known = new Map(readApiKeys(paths).map((key) => [key.id, key]));
      stamp = fresh;
    }
    const id = TOKEN.exec(token)?.[1];
    const key = id === undefined ? undefined : known.get(id);
    // an unknown id costs the same as a wrong secret
    const given = hashOf(token.slice(0, 200), pepper);
    const isSame = timingSafeEqual(given, key === undefined ? Buffer.alloc(32) : Buffer.from(key.hash, 'hex'));
    return key !== undefined && isSame && key.expires_at > now.toISOString() ? key : undefined;
  };
}

function hashOf(token: string, pepper: Buffer): Buffer {
  return createHmac('sha256', pepper).update(token).digest();
}

function files(paths: WorkspacePaths): { keys: string; pepper: string } {
  const folder = dirname(paths.secret);
  return { keys: join(folder, 'api-keys.json'), pepper: join(folder, 'api.pepper') };
}

function pepperOf(paths: WorkspacePaths): Buffer {
  const { pepper } = files(paths);
  if (!existsSync(pepper)) {
    makeFolder(dirname(pepper));
    try {
      writeFileSync(pepper, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true });
    } catch (cause) {
      // two servers started at once: the first one's pepper holds
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    }
  }
  const bytes = Buffer.from(readPrivate(pepper).trim(), 'base64url');
  if (bytes.length !== 32)
    throw new InputError(
      'damaged',
      `${pepper} is not a pepper of 32 bytes; remove it together with api-keys.json to start anew`,
    );
  return bytes;
}

/** @throws InputError `not_allowed` when others of this machine may read the file */
function readPrivate(path: string): string {
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0)
    throw new InputError(
      'not_allowed',
      `${path} can be read by others (mode ${mode.toString(8)}); run: chmod 600 ${path}`,
    );
  return readFileSync(path, 'utf8');
}

function writeApiKeys(paths: WorkspacePaths, keys: readonly ApiKey[]): void {
  const { keys: path } = files(paths);
  makeFolder(dirname(path));
  const temporary = `${path}.${process.pid}`;
  rmSync(temporary, { force: true });
  const handle = openSync(temporary, 'wx', 0o600);
  try {
    writeFileSync(handle, `${JSON.stringify({ schema_version: 1, keys }, null, 2)}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, path);
}

function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
}
