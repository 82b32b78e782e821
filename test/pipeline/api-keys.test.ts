import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiKeyChecker, createApiKey, readApiKeys, revokeApiKeys } from '../../pipeline/api-keys.ts';
import { type PublishedFolder, publishedFolder } from './published.ts';

const NOW = new Date('2026-07-01T00:00:00Z');
let folder: PublishedFolder;
beforeEach(() => {
  folder = publishedFolder();
});
afterEach(() => folder.remove());

const make = (name = 'test', days = 30) =>
  createApiKey(folder.paths, { name, scopes: ['read:reports'], days, now: NOW });
const secretFolder = () => dirname(folder.paths.secret);

describe('an API key', () => {
  it('is shown once and kept as a hash, in files of the owner alone', () => {
    const { token, key } = make();
    expect(token).toMatch(/^lp_live_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{43}$/);
    expect(statSync(secretFolder()).mode & 0o777).toBe(0o700);
    const files = readdirSync(secretFolder());
    expect(files.sort()).toEqual(['api-keys.json', 'api.pepper']);
    for (const file of files) {
      expect(statSync(join(secretFolder(), file)).mode & 0o777).toBe(0o600);
      const text = readFileSync(join(secretFolder(), file), 'utf8');
      expect(text).not.toContain(token.slice(17));
    }
    expect(readApiKeys(folder.paths)).toEqual([key]);
    expect(key.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is known by all of its characters', () => {
    const { token, key } = make();
    const check = apiKeyChecker(folder.paths);
    expect(check(token, NOW)).toEqual(key);
    for (let i = 0; i < token.length; i++) {
      const other = token[i] === 'x' ? 'y' : 'x';
      expect(check(`${token.slice(0, i)}${other}${token.slice(i + 1)}`, NOW)).toBeUndefined();
    }
    for (const wrong of [
      '',
      'lp_live_',
      token.slice(0, -1),
      `${token}x`,
      ` ${token}`,
      token.toUpperCase(),
      'x'.repeat(100_000),
    ])
      expect(check(wrong, NOW)).toBeUndefined();
  });

  it('ends with its day', () => {
    const { token } = make('test', 1);
    const check = apiKeyChecker(folder.paths);
    expect(check(token, new Date('2026-07-01T23:59:59.999Z'))).toBeDefined();
    expect(check(token, new Date('2026-07-02T00:00:00Z'))).toBeUndefined();
  });

  it('of another process is seen at the next question, made or revoked', () => {
    const check = apiKeyChecker(folder.paths);
    expect(check(`lp_live_AAAAAAAA_${'a'.repeat(43)}`, NOW)).toBeUndefined();
    const [first, second] = [make('one'), make('two')];
    expect([check(first.token, NOW)?.name, check(second.token, NOW)?.name]).toEqual(['one', 'two']);
    expect(revokeApiKeys(folder.paths, 'one')).toBe(1);
    expect([check(first.token, NOW)?.name, check(second.token, NOW)?.name]).toEqual([undefined, 'two']);
    expect(revokeApiKeys(folder.paths)).toBe(1);
    expect(check(second.token, NOW)).toBeUndefined();
  });

  it('that has expired is dropped when the next one is made', () => {
    make('old', 0);
    make('new');
    expect(readApiKeys(folder.paths).map((key) => key.name)).toEqual(['new']);
  });

  it('is worth nothing under another pepper', () => {
    const { token } = make();
    writeFileSync(join(secretFolder(), 'api.pepper'), `${Buffer.alloc(32, 1).toString('base64url')}\n`);
    expect(apiKeyChecker(folder.paths)(token, NOW)).toBeUndefined();
  });

  it('is not read from files that others may read', () => {
    make();
    chmodSync(join(secretFolder(), 'api-keys.json'), 0o644);
    expect(() => readApiKeys(folder.paths)).toThrow(/chmod 600/);
    chmodSync(join(secretFolder(), 'api.pepper'), 0o640);
    expect(() => apiKeyChecker(folder.paths)).toThrow(/chmod 600/);
  });
});
